package dev.londiste.examples.benchmark;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** This project, as users run it: a replay route in its default configuration, administered by another route. */
final class LondisteReplication implements Replication {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Main main = new Main();

    LondisteReplication(Database provider, Database subscriber) {
        main.bind("provider", provider.dataSource());
        main.bind("subscriber", subscriber.dataSource());
        main.configure().addRoutesBuilder(new Routes());
    }

    private static final class Routes extends RouteBuilder {
        private static final String JOB = "londiste:replica?queue=benchmark&provider=#provider&subscriber=#subscriber";

        @Override
        public void configure() {
            from("pgq:benchmark?consumerName=replica&batching=true&dataSource=#provider")
                    .routeId("replay")
                    .autoStartup(false)
                    .to(JOB);
            from("direct:admin").to(JOB + "&operation=STATUS");
        }
    }

    @Override
    public void install() throws Exception {
        main.start();
        ask(LondisteOperation.PROVIDER_INSTALL, Map.of());
        ask(LondisteOperation.SUBSCRIBER_INSTALL, Map.of());
        resume();
    }

    @Override
    public void addTable() {
        ask(LondisteOperation.PROVIDER_ADD, Map.of(LondisteConstants.TABLES, "public.t"));
        ask(LondisteOperation.SUBSCRIBER_ADD, Map.of(LondisteConstants.TABLES, "public.t"));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!"ok"
                .equals(ask(LondisteOperation.SUBSCRIBER_TABLES, Map.of())
                        .get(0)
                        .get("state"))) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The table is not in step within " + PATIENCE);
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
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
