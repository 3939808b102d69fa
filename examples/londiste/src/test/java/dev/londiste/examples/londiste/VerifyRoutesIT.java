package dev.londiste.examples.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The routes that compare and repair, beside those that replicate. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class VerifyRoutesIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @TempDir
    Path directory;

    private final Main main = new Main();

    @BeforeEach
    void start() throws Exception {
        provider.execute("create table orders (id int primary key, item text);"
                + " insert into orders select i, 'item ' || i from generate_series(1, 1000) i");
        subscriber.execute("create table orders (id int primary key, item text)");
        provider.value("select pgq.create_queue('shop')");
        main.bind("provider", provider.pool(10));
        main.bind("subscriber", subscriber.pool(10));
        main.configure()
                .withRoutesIncludePattern(
                        "classpath:routes/replay.yaml,classpath:routes/admin.yaml,classpath:routes/verify.yaml");
        main.addInitialProperty("londiste.queue", "shop");
        main.addInitialProperty("londiste.job", "replica");
        main.addInitialProperty("londiste.consumer", "replica");
        main.addInitialProperty("fix.directory", directory.toString());
        main.start();
    }

    @AfterEach
    void stop() {
        main.stop();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> request(String endpoint, Map<String, Object> headers) {
        return main.getCamelContext()
                .createFluentProducerTemplate()
                .to(endpoint)
                .withHeaders(headers)
                .request(List.class);
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> admin(String operation, Map<String, Object> headers) {
        return main.getCamelContext()
                .createFluentProducerTemplate()
                .to("direct:admin")
                .withHeaders(headers)
                .withHeader("CamelLondisteOperation", operation)
                .request(List.class);
    }

    @Test
    void whatDiffersIsFoundWrittenDownAndRepaired() throws Exception {
        admin("PROVIDER_ADD", Map.of("CamelLondisteTables", "orders"));
        admin("SUBSCRIBER_ADD", Map.of("CamelLondisteTables", "orders"));
        assertThat(admin("WAIT_SYNC", Map.of("CamelLondisteTimeout", "60s")))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("state", "ok"));
        subscriber.execute("delete from orders where id = 7; update orders set item = 'spoiled' where id = 8");

        assertThat(request("direct:verify", Map.of()))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("table_name", "public.orders")
                        .containsEntry("equal", false)
                        .containsEntry("missing_rows", 1L)
                        .containsEntry("changed_rows", 1L));

        request("direct:repair", Map.of("CamelLondisteTables", "orders"));
        assertThat(Files.readString(directory.resolve("fix.public.orders.sql")))
                .contains("update only \"public\".\"orders\" set \"item\" = 'item 8' where \"id\" = '8'");
        assertThat(request("direct:verify", Map.of()).get(0)).containsEntry("equal", false);

        request("direct:repair", Map.of("CamelLondisteTables", "orders", "CamelLondisteApply", true));
        assertThat(request("direct:verify", Map.of()).get(0)).containsEntry("equal", true);
    }
}
