package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that come while others take batches. */
@Timeout(60)
class CoopRegistrationIT {

    private static final String NEXT_BATCH = "select pgq_coop.next_batch('q', 'c', '%s')";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void workerThatRegistersAndOneThatTakesABatchWaitForEachOtherInOneDirectionOnly() throws Exception {
        database.execute("select pgq.create_queue('q')");
        database.execute(NEXT_BATCH.formatted("one"));
        database.execute("select pgq.insert_event('q', 't', 'd')");
        database.execute("select pgq_client.tick_now('q')");
        try (var one = database.connect();
                var two = database.connect()) {
            one.setAutoCommit(false);
            execute(one, "select from pgq.subscription for update");
            var registered = CompletableFuture.supplyAsync(() -> {
                try {
                    execute(two, NEXT_BATCH.formatted("two"));
                    return true;
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> database.<Boolean>value("select exists (select from pg_stat_activity"
                    + " where datname = current_database() and wait_event_type = 'Lock')"));

            execute(one, NEXT_BATCH.formatted("one"));
            one.commit();

            assertThat(registered.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
