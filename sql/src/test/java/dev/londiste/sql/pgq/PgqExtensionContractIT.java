package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.londiste.testing.ExtensionServer;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on the C extension pgq 3.5 with our pgq_client beside it; skipped where the packages are absent. */
class PgqExtensionContractIT extends PgqContractSuite {

    private static PostgresServer server;
    private static TestDatabase database;

    @BeforeAll
    static void startServer() throws Exception {
        var started = ExtensionServer.start();
        assumeTrue(started.isPresent(), "postgresql-15 with postgresql-15-pgq3 is not installed");
        server = started.get();
        database = TestDatabase.on(server);
        database.execute("create extension pgq");
        database.install("pgq");
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected TestDatabase database() {
        return database;
    }

    @Test
    void installingLeavesTheExtensionAsItIs() {
        var before = definitions();
        database.install("pgq");
        assertThat(definitions()).isEqualTo(before).contains("pgq_insert_event_raw");
        assertThat(database.<Long>value("""
                        select count(*) from pg_proc p where p.pronamespace = 'pgq'::regnamespace
                        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
                        """))
                .as("functions of ours in schema pgq")
                .isZero();
    }

    private static String definitions() {
        return database.value("select string_agg(prosrc, E'\\n' order by oid) from pg_proc"
                + " where pronamespace = 'pgq'::regnamespace");
    }

    @Test
    void C11_whileAForeignTickerIsAtWorkOursOnlyAsks() {
        try (var queue = TestQueue.create(database, "foreign").configure("queue_ticker_max_lag", "1 microsecond")) {
            queue.insert("event");
            queue.session().value("select pgq.ticker('foreign')");
            queue.insert("event");
            assertThat(queue.tickIfDue()).as("fresh").isNull();
            assertThat(ticker()).isEqualTo("foreign");
            queue.session()
                    .run("update pgq.tick set tick_time = tick_time - interval '1 hour' where tick_queue ="
                            + " (select queue_id from pgq.queue where queue_name = 'foreign')");
            assertThat(ticker()).isEqualTo("stale");
            assertThat(queue.tickIfDue()).as("stale").isNotNull();
            assertThat(ticker()).isEqualTo("embedded");
        }
    }

    private static String ticker() {
        return database.value("select ticker from pgq_client.queue_status('foreign')");
    }
}
