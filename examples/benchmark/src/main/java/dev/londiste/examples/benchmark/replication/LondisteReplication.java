package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** This project, as users run it: a replay route, administered by another route. */
public final class LondisteReplication implements Replication {

    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final String JOB = "londiste:replica?queue=benchmark&provider=#provider&subscriber=#subscriber";

    private final Main main = new Main();

    private final String consumerOptions;
    private final Map<String, Object> queueSettings;
    private String tables;

    /** In its default configuration. */
    public LondisteReplication(Database provider, Database subscriber) {
        this(provider.dataSource(), subscriber.dataSource(), "", Map.of());
    }

    /** With options of the consumer, as in an URI, and settings of the queue. */
    public LondisteReplication(
            DataSource provider, DataSource subscriber, String consumerOptions, Map<String, Object> queueSettings) {
        this.consumerOptions = consumerOptions;
        this.queueSettings = queueSettings;
        main.bind("provider", provider);
        main.bind("subscriber", subscriber);
        main.configure().addRoutesBuilder(new Routes());
    }

    /** For the least latency, at the price of some hundred queries a second. */
    public static LondisteReplication tuned(Database provider, Database subscriber) {
        return new LondisteReplication(
                provider.dataSource(), subscriber.dataSource(), "&delay=3", Map.of("ticker_max_lag", "1 ms"));
    }

    private final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("pgq:benchmark?consumerName=replica&batching=true&dataSource=#provider" + consumerOptions)
                    .routeId("replay")
                    .autoStartup(false)
                    .to(JOB);
            from("direct:admin").to(JOB + "&operation=STATUS");
            from("direct:queue").to("pgq:benchmark?dataSource=#provider&operation=CONFIGURE_QUEUE");
        }
    }

    @Override
    public void install(List<String> names) throws Exception {
        main.start();
        ask(LondisteOperation.PROVIDER_INSTALL, Map.of());
        ask(LondisteOperation.SUBSCRIBER_INSTALL, Map.of());
        if (!queueSettings.isEmpty()) {
            main.getCamelContext().createProducerTemplate().requestBody("direct:queue", queueSettings);
        }
        tables = names.stream().map(name -> "public." + name).collect(Collectors.joining(","));
        resume();
    }

    @Override
    public void addTables() {
        ask(LondisteOperation.PROVIDER_ADD, Map.of(LondisteConstants.TABLES, tables));
        ask(LondisteOperation.SUBSCRIBER_ADD, Map.of(LondisteConstants.TABLES, tables));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!areInStep()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The tables are not in step within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private boolean areInStep() {
        return ask(LondisteOperation.SUBSCRIBER_TABLES, Map.of()).stream()
                .allMatch(table -> "ok".equals(table.get("state")));
    }

    @Override
    public void pause() throws Exception {
        main.getCamelContext().getRouteController().stopRoute("replay");
    }

    @Override
    public void resume() throws Exception {
        main.getCamelContext().getRouteController().startRoute("replay");
    }

    private List<Map<?, ?>> ask(LondisteOperation operation, Map<String, Object> arguments) {
        var headers = new HashMap<>(arguments);
        headers.put(LondisteConstants.OPERATION, operation);
        var rows = main.getCamelContext()
                .createFluentProducerTemplate()
                .to("direct:admin")
                .withHeaders(headers)
                .request(List.class);
        return ((List<?>) rows).stream().<Map<?, ?>>map(row -> (Map<?, ?>) row).toList();
    }

    @Override
    public void close() {
        main.stop();
    }
}
