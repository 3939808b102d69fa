package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** COMPARE, REPAIR and WAIT_SYNC as operations. */
@Timeout(120)
class VerificationsIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final CamelContext context = new DefaultCamelContext();
    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key)").add("t");
        context.getRegistry().bind("provider", provider.pool(10));
        context.getRegistry().bind("subscriber", subscriber.pool(10));
        context.start();
    }

    @AfterEach
    void tearDown() {
        context.stop();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> request(LondisteOperation operation, Map<String, Object> headers) {
        return context.createFluentProducerTemplate()
                .to("londiste:" + shop.job()
                        + "?provider=#provider&subscriber=#subscriber&operation=STATUS&lockTimeout=2s&queue="
                        + shop.queue())
                .withHeaders(headers)
                .withHeader(LondisteConstants.OPERATION, operation)
                .request(List.class);
    }

    @Test
    void statusShowsAComparisonThatRuns() throws Exception {
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        try (var writer = provider.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            // The comparison waits for this writer, as long as the lock may take.
            statement.execute(shop.sql("insert into $s.t values (1)"));
            var comparing = CompletableFuture.supplyAsync(
                    () -> request(LondisteOperation.COMPARE, Map.of(LondisteConstants.FORCE, true)));
            Shop.await().until(() -> !running().isEmpty());
            assertThat(running())
                    .singleElement()
                    .satisfies(row -> assertThat(row)
                            .containsEntry("table_name", shop.table("t"))
                            .containsEntry("phase", "syncing"));
            assertThatThrownBy(() -> comparing.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasStackTraceContaining("could not be locked within 2000 ms");
        }
        assertThat(running()).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> running() {
        return (List<Map<String, Object>>)
                request(LondisteOperation.STATUS, Map.of()).get(0).get("verifications");
    }

    @Test
    void waitSyncTakesATimeInWords() {
        assertThatThrownBy(() -> request(LondisteOperation.WAIT_SYNC, Map.of(LondisteConstants.TIMEOUT, "300ms")))
                .hasStackTraceContaining("is not in sync after 300 ms");
        assertThatThrownBy(() -> request(LondisteOperation.WAIT_SYNC, Map.of(LondisteConstants.TIMEOUT, "soon")))
                .hasStackTraceContaining("CamelLondisteTimeout must be a time such as 30s but is soon");
    }
}
