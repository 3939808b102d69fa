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

/** Workers that come while others take batches. */
@Timeout(60)
abstract class CoopRegistrationSuite {

    private static final String NEXT_BATCH = "select pgq_coop.next_batch('%s', 'c', '%s')";

    protected abstract TestDatabase database();

    @Test
    void workerThatRegistersAndOneThatTakesABatchWaitForEachOtherInOneDirectionOnly() throws Exception {
        requireOneDirectionOnly("registers", NEXT_BATCH.formatted("registers", "two"));
    }

    /** A worker holds the position of its consumer, another session comes, and the worker takes a batch. */
    final void requireOneDirectionOnly(String queue, String another) throws Exception {
        database().execute("select pgq.create_queue('" + queue + "')");
        database().execute(NEXT_BATCH.formatted(queue, "one"));
        database().execute("select pgq.insert_event('" + queue + "', 't', 'd')");
        database().execute("select pgq_client.tick_now('" + queue + "')");
        try (var one = database().connect();
                var two = database().connect()) {
            one.setAutoCommit(false);
            execute(one, "select from pgq.subscription for update");
            var done = CompletableFuture.supplyAsync(() -> {
                try {
                    execute(two, another);
                    return true;
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> database()
                    .<Boolean>value("select exists (select from pg_stat_activity"
                            + " where datname = current_database() and wait_event_type = 'Lock')"));

            execute(one, NEXT_BATCH.formatted(queue, "one"));
            one.commit();

            assertThat(done.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
