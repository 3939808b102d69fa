package dev.londiste.pgq.component.produce;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqMaintenance;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.PgqQueues;
import dev.londiste.pgq.SqlScripts;
import dev.londiste.pgq.SqlVersion;
import dev.londiste.pgq.component.PgqConfiguration;
import dev.londiste.pgq.component.PgqOperation;
import dev.londiste.pgq.jdbc.Jdbc;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.apache.camel.Message;

/**
 * The operations other than inserting, each in a transaction of its own and never in the caller's: a tick in the
 * transaction of its events would not see them. Results are rows with the column names of PgQ. Thread-safe.
 */
public final class Administration {

    private static final String ALL_QUEUES = "*";

    private final PgqConfiguration configuration;
    private final DataSource database;

    public Administration(PgqConfiguration configuration) {
        this.configuration = configuration;
        this.database = configuration.getDataSource();
    }

    /** The name {@code *} means all queues of the database, for what can be asked of many. */
    public List<Map<String, Object>> run(PgqOperation operation, String name, Message message) {
        if (operation != PgqOperation.INSTALL) {
            SqlVersion.require(database);
        }
        return name.equals(ALL_QUEUES) ? runOnAll(operation) : runOnOne(operation, name, message);
    }

    private List<Map<String, Object>> runOnOne(PgqOperation operation, String name, Message message) {
        var queue = new PgqQueue(database, name);
        return switch (operation) {
            case CREATE_QUEUE -> List.of(row("queue_name", name, "changed", queue.create()));
            case DROP_QUEUE -> drop(queue);
            case CONFIGURE_QUEUE -> configure(queue, message);
            case REGISTER -> register(name);
            case UNREGISTER ->
                List.of(row(
                        "queue_name",
                        name,
                        "consumer_name",
                        consumer(),
                        "changed",
                        client(name).unregister()));
            case TICK -> List.of(row("queue_name", name, "tick_id", queue.tick().orElse(null)));
            case FORCE_TICK -> List.of(row("queue_name", name, "tick_id", queue.forceTick()));
            case MAINTAIN -> maintain();
            case QUEUE_INFO -> List.of(queue.info());
            case CONSUMER_INFO -> queue.consumers();
            case FAILED_EVENTS -> client(name).failedEvents();
            case RETRY_FAILED -> eachFailed(name, message, client(name)::retryFailed);
            case DELETE_FAILED -> eachFailed(name, message, client(name)::deleteFailed);
            case STATUS -> queue.status();
            case INSTALL -> install();
            case INSERT_EVENT -> throw new IllegalArgumentException("INSERT_EVENT is no administration");
        };
    }

    private List<Map<String, Object>> runOnAll(PgqOperation operation) {
        var queues = new PgqQueues(database);
        return switch (operation) {
            case TICK -> each(queues.ticked(), operation);
            case QUEUE_INFO, CONSUMER_INFO, STATUS -> each(queues.all(), operation);
            case MAINTAIN -> maintain();
            case INSTALL -> install();
            default -> throw new IllegalArgumentException(operation + " works on one queue: name it instead of *");
        };
    }

    private List<Map<String, Object>> each(List<PgqQueue> queues, PgqOperation operation) {
        return queues.stream()
                .flatMap(queue -> runOnOne(operation, queue.name(), null).stream())
                .toList();
    }

    private static List<Map<String, Object>> drop(PgqQueue queue) {
        queue.drop(false);
        return List.of(row("queue_name", queue.name(), "changed", true));
    }

    private static List<Map<String, Object>> configure(PgqQueue queue, Message message) {
        var parameters = message.getBody(Map.class);
        if (parameters == null) {
            throw new IllegalArgumentException(
                    "CONFIGURE_QUEUE needs a Map of parameters as body, such as rotation_period: 1 hour");
        }
        var rows = new ArrayList<Map<String, Object>>();
        for (Object entry : parameters.entrySet()) {
            var parameter = (Map.Entry<?, ?>) entry;
            queue.configure(
                    String.valueOf(parameter.getKey()),
                    parameter.getValue() == null ? null : parameter.getValue().toString());
            rows.add(row("queue_name", queue.name(), "parameter", parameter.getKey(), "value", parameter.getValue()));
        }
        return rows;
    }

    private List<Map<String, Object>> register(String name) {
        var registration = client(name).register();
        return List.of(row(
                "queue_name",
                name,
                "consumer_name",
                consumer(),
                "changed",
                registration.isNew(),
                "tick_id",
                registration.position().id()));
    }

    private List<Map<String, Object>> eachFailed(String name, Message message, LongConsumer work) {
        var rows = new ArrayList<Map<String, Object>>();
        for (long id : FailedIds.of(message)) {
            work.accept(id);
            rows.add(row("queue_name", name, "consumer_name", consumer(), "ev_id", id, "changed", true));
        }
        return rows;
    }

    private List<Map<String, Object>> maintain() {
        return new PgqMaintenance(database)
                .run().stream()
                        .map(done -> row("func_name", done.function(), "func_arg", done.argument()))
                        .toList();
    }

    private List<Map<String, Object>> install() {
        var before = version();
        new SqlScripts(database).install("pgq");
        var version = version();
        return List.of(
                row("schema", "pgq", "version", version.orElseThrow().toString(), "changed", !version.equals(before)));
    }

    private Optional<SqlVersion> version() {
        return new Jdbc(database).inAutoCommit(SqlVersion::of);
    }

    private PgqConsumerClient client(String queue) {
        return new PgqConsumerClient(database, queue, consumer());
    }

    private String consumer() {
        if (configuration.getConsumerName() == null) {
            throw new IllegalArgumentException("This operation needs the option consumerName");
        }
        return configuration.getConsumerName();
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        var row = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }
}
