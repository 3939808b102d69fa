package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One transaction of many changes, several times as large as the heap, applied in memory of bounded size. */
@Timeout(120)
class SmallHeapIT {

    private static final int ROWS = 60_000;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    @Test
    void aTransactionLargerThanTheHeapIsApplied() throws IOException, InterruptedException {
        database.execute("create table t (id int primary key, txt text, doc text)");
        var process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Apply.class.getName(),
                        database.url(),
                        database.server().user(),
                        database.server().password())
                .inheritIO()
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        assertThat(process.exitValue()).isZero();
        assertThat(database.<Long>value("select count(*) from t where txt is null"))
                .isEqualTo(ROWS);
    }

    /** The small process. */
    static final class Apply {

        private Apply() {}

        public static void main(String[] arguments) throws SQLException {
            var feed = new Feed("public.t", "id");
            var text = "x".repeat(500);
            try (var connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
                connection.setAutoCommit(false);
                var applier = new ChangeApplier(connection, ApplyTarget.of("public.t"));
                for (int i = 0; i < ROWS; i++) {
                    applier.apply(feed.insert("{\"id\":" + i + ",\"txt\":\"a\",\"doc\":\"" + text + "\"}"));
                }
                for (int i = 0; i < ROWS; i++) {
                    applier.apply(feed.update("{\"id\":" + i + ",\"txt\":null,\"doc\":\"" + text + "\"}"));
                }
                applier.flush();
                connection.commit();
            }
        }
    }
}
