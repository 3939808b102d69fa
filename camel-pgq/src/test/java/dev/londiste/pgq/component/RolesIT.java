package dev.londiste.pgq.component;

import static dev.londiste.pgq.component.PgqOperation.CONFIGURE_QUEUE;
import static dev.londiste.pgq.component.PgqOperation.CONSUMER_INFO;
import static dev.londiste.pgq.component.PgqOperation.DELETE_FAILED;
import static dev.londiste.pgq.component.PgqOperation.DROP_QUEUE;
import static dev.londiste.pgq.component.PgqOperation.FAILED_EVENTS;
import static dev.londiste.pgq.component.PgqOperation.FORCE_TICK;
import static dev.londiste.pgq.component.PgqOperation.INSERT_EVENT;
import static dev.londiste.pgq.component.PgqOperation.INSTALL;
import static dev.londiste.pgq.component.PgqOperation.QUEUE_INFO;
import static dev.londiste.pgq.component.PgqOperation.REGISTER;
import static dev.londiste.pgq.component.PgqOperation.RETRY_FAILED;
import static dev.londiste.pgq.component.PgqOperation.STATUS;
import static dev.londiste.pgq.component.PgqOperation.TICK;
import static dev.londiste.pgq.component.PgqOperation.UNREGISTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RolesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @BeforeAll
    static void createRoles() {
        database.execute("""
                create role it_reader login password 'reader' in role pgq_reader;
                create role it_writer login password 'writer' in role pgq_writer;
                create role it_admin login password 'admin' in role pgq_admin;
                create role it_nobody login password 'nobody';
                create role it_poor login password 'poor';
                grant select on all tables in schema pgq, pgq_client to it_poor;
                grant execute on all functions in schema pgq, pgq_client, pgq_coop to it_poor;
                revoke execute on function pgq_client.tick_if_due(text), pgq_client.maintain(text) from it_poor;
                """);
        new PgqQueue(database.dataSource(), "q").create();
    }

    @AfterAll
    static void dropRoles() {
        database.execute("drop role it_reader; drop role it_writer; drop role it_admin; drop role it_nobody;"
                + " drop owned by it_poor; drop role it_poor");
    }

    @Test
    void readerConsumesWhatWriterInserts() throws Exception {
        try (var reader = new PgqContext(database.dataSource("it_reader", "reader"))
                        .collect("pgq:q?consumerName=c")
                        .start();
                var writer = new PgqContext(database.dataSource("it_writer", "writer")).start()) {
            writer.camel.createProducerTemplate().sendBody("pgq:q", "from the writer");
            reader.awaitSeen(1);
            assertThat(reader.seen).containsExactly("from the writer");
        }
    }

    /** What each role may do; the rest is refused by the database. */
    private static final Map<String, Set<PgqOperation>> MAY = Map.of(
            "nobody", EnumSet.of(QUEUE_INFO, CONSUMER_INFO),
            "writer", EnumSet.of(QUEUE_INFO, CONSUMER_INFO, INSERT_EVENT),
            "reader",
                    EnumSet.of(
                            QUEUE_INFO,
                            CONSUMER_INFO,
                            REGISTER,
                            UNREGISTER,
                            TICK,
                            FORCE_TICK,
                            STATUS,
                            FAILED_EVENTS,
                            RETRY_FAILED,
                            DELETE_FAILED),
            "admin", EnumSet.complementOf(EnumSet.of(INSTALL)));

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "writer", "reader", "admin"})
    void eachOperationWorksForTheRolesThatMayAndForNoOther(String role) {
        try (var context = new PgqContext(database.dataSource("it_" + role, role)).start()) {
            var template = context.camel.createProducerTemplate();
            for (var operation : PgqOperation.values()) {
                new PgqQueue(database.dataSource(), "dropped").create();
                var consumer = new PgqConsumerClient(database.dataSource(), "q", "it");
                consumer.register();
                var failed = operation == RETRY_FAILED || operation == DELETE_FAILED ? failedEvent(consumer) : null;
                var result = template.request(
                        "pgq:" + (operation == DROP_QUEUE ? "dropped" : "q") + "?consumerName=it&operation="
                                + operation,
                        exchange -> exchange.getMessage()
                                .setBody(operation == CONFIGURE_QUEUE ? Map.of("ticker_max_lag", "1 s") : failed));
                if (MAY.get(role).contains(operation)) {
                    assertThat(result.getException()).as(role + " " + operation).isNull();
                } else {
                    assertThat(result.getException())
                            .as(role + " " + operation)
                            .hasMessageFindingMatch("permission denied|must be owner");
                }
            }
        }
    }

    private static Long failedEvent(PgqConsumerClient consumer) {
        new PgqQueue(database.dataSource(), "q").insert(new NewEvent("test", "fails"));
        new PgqQueue(database.dataSource(), "q").forceTick();
        Long event = null;
        while (event == null) {
            var batch = database.<Long>value("select pgq.next_batch('q', 'it')");
            event = database.value("select max(ev_id) from pgq.get_batch_events(?)", batch);
            database.rows(
                    "select pgq.event_failed(?, ev_id, 'for the test') from pgq.get_batch_events(?)", batch, batch);
            database.rows("select pgq.finish_batch(?)", batch);
        }
        return event;
    }

    @Test
    void neitherDoesTheWorkOfTheOther() throws Exception {
        try (var writer = new PgqContext(database.dataSource("it_writer", "writer"))) {
            assertThatThrownBy(() -> writer.collect("pgq:q?consumerName=w").start())
                    .hasStackTraceContaining("Consumer w of queue q: permission denied");
        }
        try (var reader = new PgqContext(database.dataSource("it_reader", "reader")).start()) {
            assertThatThrownBy(() -> reader.camel.createProducerTemplate().sendBody("pgq:q", "forged"))
                    .hasStackTraceContaining("permission denied");
        }
    }

    @Test
    void tickerAndMaintenanceGiveWayWhereTheRoleMayNot() throws Exception {
        var queue = new PgqQueue(database.dataSource(), "poor");
        queue.create();
        try (var context = new PgqContext(database.dataSource("it_poor", "poor"))) {
            context.collect("pgq:poor?consumerName=c&subconsumer=w").start();
            await().until(() -> context.consumer("collect").getCounter() > 3);
            queue.insert(new NewEvent("a", "ticked by others"));
            queue.forceTick();
            context.awaitSeen(1);
            assertThat(context.consumer("collect").getLastFailure()).isNull();
        }
    }
}
