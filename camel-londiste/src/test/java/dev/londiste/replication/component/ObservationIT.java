package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.admin.JobStatus;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.console.DevConsole.MediaType;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a replay is watched: health, console, JMX attributes, meters. */
@Timeout(120)
class ObservationIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Shop shop;
    private LondisteProducer producer;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text); create table $s.u (id int primary key)")
                .add("t", "u");
        context.getRegistry().bind("meters", meters);
        context.getShutdownStrategy().setTimeout(5);
    }

    @AfterEach
    void tearDown() {
        if (producer != null) {
            producer.stop();
        }
        context.stop();
    }

    private void start(int poolSize) throws Exception {
        var toSubscriber = subscriber.pool(poolSize);
        toSubscriber.setConnectionTimeout(1000);
        context.getRegistry().bind("provider", provider.pool(10));
        context.getRegistry().bind("subscriber", toSubscriber);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + shop.queue() + "?dataSource=#provider&batching=true&retryDelay=200&consumerName="
                                + shop.job())
                        .to("londiste:" + shop.job() + "?provider=#provider&subscriber=#subscriber&queue="
                                + shop.queue());
            }
        });
        context.start();
    }

    private HealthCheck.Result health() {
        var replay = context.getComponent("londiste", LondisteComponent.class)
                .runningJobs()
                .all()
                .get(0)
                .replay();
        return new ReplayHealthCheck(replay.job(), replay).call(Map.of());
    }

    /** One more producer of the job that runs already. */
    private LondisteProducer producer() throws Exception {
        if (producer == null) {
            producer = (LondisteProducer) context.getEndpoint("londiste:" + shop.job()
                            + "?provider=#provider&subscriber=#subscriber&queue=" + shop.queue())
                    .createProducer();
            producer.start();
        }
        return producer;
    }

    @Test
    void everyoneSeesWhatTheReplayDoes() throws Exception {
        start(10);
        shop.awaitSync();
        shop.onProvider("insert into $s.t values (1, 'x'), (2, 'y')");
        shop.awaitSync();
        assertThat(health().getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(health().getDetails()).containsEntry("role", "active").containsEntry("queue", shop.queue());

        assertThat(producer().getAppliedEvents()).isEqualTo(2);
        assertThat(producer().getAppliedBatches()).isPositive();
        assertThat(producer().getRole()).isEqualTo("active");
        assertThat(producer().getTablesByState()).isEqualTo("{ok=2}");

        assertThat(meters.get("londiste.events").functionCounter().count()).isEqualTo(2);
        assertThat(meters.get("londiste.tables").tag("state", "ok").gauge().value())
                .isEqualTo(2);

        var console = new LondisteDevConsole();
        console.setCamelContext(context);
        assertThat((String) console.call(MediaType.TEXT)).contains(shop.job() + ": queue " + shop.queue(), "{ok=2}");
        assertThat(console.call(MediaType.JSON).toString()).contains("events_applied");

        producer().stop();
        context.stop();
        assertThat(meters.getMeters()).isEmpty();
    }

    /** Who asks elsewhere must not hear that nobody replays. */
    @Test
    void statusOfAnotherProcessTellsWhetherAnyoneReplays() throws Exception {
        var elsewhere = new JobStatus(new Job(
                shop.job(),
                shop.queue(),
                shop.job(),
                provider.dataSource(),
                subscriber.dataSource(),
                Duration.ofSeconds(5)));
        assertThat(elsewhere.read()).containsEntry("active", false);
        start(10);
        shop.awaitSync();
        assertThat(elsewhere.read()).containsEntry("active", true).doesNotContainKey("role");
        context.stop();
        assertThat(elsewhere.read()).containsEntry("active", false);
    }

    @Test
    void stoppedReplayAndParkedTableAreNotReady() throws Exception {
        start(10);
        shop.awaitSync();
        shop.onSubscriber("insert into $s.t values (1, 'in the way')");
        shop.onProvider("insert into $s.t values (1, 'x')");
        Shop.await().until(() -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElse("")).contains("cannot apply a batch");
        assertThat(producer().getLastError()).isNotNull();
        shop.onSubscriber("delete from $s.t");
        Shop.await().until(() -> health().getState() == HealthCheck.State.UP);

        subscriber.rows("select londiste.park_table(?, ?, 'it has drifted')", shop.queue(), shop.table("u"));
        shop.forceTick();
        Shop.await().until(() -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElse("")).contains("has parked tables: " + shop.table("u"));
        assertThat(producer().getParkedTables()).contains("it has drifted");
        assertThat(meters.get("londiste.tables.parked").gauge().value()).isEqualTo(1);

        assertThat(producer().resync(shop.table("u"))).isEqualTo(1);
        Shop.await().until(() -> health().getState() == HealthCheck.State.UP);
    }

    @Test
    void poolThatIsTooSmallStopsTheStartWithASentence() {
        assertThatThrownBy(() -> start(3))
                .hasStackTraceContaining("free connections at once, but the pool gives only 3");
    }
}
