package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Condition;
import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** This project, as users run it: a replay route, administered by other routes; its SQL is installed already. */
public final class LondisteReplication implements Replication {

    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final String IN_STEP = """
            select bool_and(coalesce(merge_state = 'ok', false)) from londiste.subscriber_table
            """;
    private static final String JOB = "londiste:replica?queue=benchmark&provider=#provider&subscriber=#subscriber";

    private final Main main = new Main();

    private final String consumerOptions;
    private final String jobOptions;
    private final Map<String, Object> queueSettings;
    private final Condition inStep;
    private String tables;

    /** In its default configuration. */
    public LondisteReplication(Database provider, Database subscriber) {
        this(provider.dataSource(), subscriber.dataSource());
    }

    LondisteReplication(DataSource provider, DataSource subscriber) {
        this(provider, subscriber, "", "", Map.of());
    }

    /** With options of the consumer and of the job, as in an URI, and settings of the queue. */
    private LondisteReplication(
            DataSource provider,
            DataSource subscriber,
            String consumerOptions,
            String jobOptions,
            Map<String, Object> queueSettings) {
        this.consumerOptions = consumerOptions;
        this.jobOptions = jobOptions;
        this.queueSettings = queueSettings;
        this.inStep = new Condition(subscriber, IN_STEP);
        main.bind("provider", provider);
        main.bind("subscriber", subscriber);
        main.configure().addRoutesBuilder(new Routes());
    }

    /**
     * For the least latency, at the price of some hundred queries a second. The subscriber does not wait for its disk,
     * as PostgreSQL's own subscriptions do not by default.
     */
    public static LondisteReplication tuned(Database provider, Database subscriber) throws SQLException {
        subscriber.set("synchronous_commit = off");
        return new LondisteReplication(
                provider.dataSource(), subscriber.dataSource(), "&delay=3", "", Map.of("ticker_max_lag", "1 ms"));
    }

    /** For many tables, whose copies are not what is measured. */
    public static LondisteReplication copyingSideBySide(Database provider, Database subscriber) {
        return new LondisteReplication(
                provider.dataSource(), subscriber.dataSource(), "", "&parallelCopies=5&parallelRanges=1", Map.of());
    }

    private final class Routes extends RouteBuilder {
        @Override
        public void configure() {
            from("pgq:benchmark?consumerName=replica&batching=true&dataSource=#provider" + consumerOptions)
                    .routeId("replay")
                    .autoStartup(false)
                    .to(JOB + jobOptions);
            from("direct:admin").to(JOB + "&operation=STATUS");
            from("direct:create").to("pgq:benchmark?dataSource=#provider&operation=CREATE_QUEUE");
            from("direct:configure").to("pgq:benchmark?dataSource=#provider&operation=CONFIGURE_QUEUE");
        }
    }

    @Override
    public void install(List<String> names) throws Exception {
        main.start();
        var template = main.getCamelContext().createProducerTemplate();
        template.requestBody("direct:create", "");
        if (!queueSettings.isEmpty()) {
            template.requestBody("direct:configure", queueSettings);
        }
        tables = names.stream().map(name -> "public." + name).collect(Collectors.joining(","));
        resume();
    }

    @Override
    public void addTables() throws SQLException {
        add(LondisteOperation.PROVIDER_ADD);
        add(LondisteOperation.SUBSCRIBER_ADD);
        inStep.await(PAUSE, PATIENCE);
    }

    @Override
    public void pause() throws Exception {
        main.getCamelContext().getRouteController().stopRoute("replay");
    }

    @Override
    public void resume() throws Exception {
        main.getCamelContext().getRouteController().startRoute("replay");
    }

    private void add(LondisteOperation operation) {
        main.getCamelContext()
                .createFluentProducerTemplate()
                .to("direct:admin")
                .withHeader(LondisteConstants.OPERATION, operation)
                .withHeader(LondisteConstants.TABLES, tables)
                .request();
    }

    @Override
    public void close() {
        main.stop();
    }
}
