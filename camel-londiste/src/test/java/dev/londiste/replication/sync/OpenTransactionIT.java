package dev.londiste.replication.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.JdbcSession.RowReader;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever limits a role or a database has for its sessions. */
@Timeout(60)
class OpenTransactionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    /** Those that this server knows; {@code transaction_timeout} came with PostgreSQL 17. */
    @BeforeAll
    static void limitEverySession() {
        database.execute("create table seen (id int)");
        for (var timeout : timeouts()) {
            database.execute("alter database " + database.name() + " set " + timeout + " = '1h'");
        }
        assertThat(timeouts()).hasSizeGreaterThanOrEqualTo(2);
        database.execute("alter database " + database.name() + " set default_transaction_isolation = 'serializable'");
    }

    private static List<String> timeouts() {
        return database
                .rows("select name from pg_settings where name in"
                        + " ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')")
                .stream()
                .map(row -> row.get("name").toString())
                .toList();
    }

    private static void assertUnlimited(JdbcSession session) {
        for (var timeout : timeouts()) {
            String value = session.one("select current_setting(?)", row -> row.getString(1), timeout);
            assertThat(value).as(timeout).isEqualTo("0");
        }
    }

    @Test
    void C41_noTransactionOfOursIsLimited() {
        try (var transaction = OpenTransaction.readCommitted(database.dataSource(), PATIENCE)) {
            assertUnlimited(transaction.session());
        }
        try (var transaction = OpenTransaction.repeatableRead(database.dataSource(), PATIENCE)) {
            assertUnlimited(transaction.session());
        }
        try (var transaction = OpenTransaction.toBeBegun(database.dataSource())) {
            transaction.session().inOneTrip(OpenTransaction.READ_COMMITTED, List.of(RowReader.NOTHING), "1000");
            assertUnlimited(transaction.session());
        }
    }

    @Test
    void C30_isolationIsOursWhateverTheDatabaseHas() {
        try (var transaction = OpenTransaction.readCommitted(database.dataSource(), PATIENCE)) {
            assertThat(isolation(transaction)).isEqualTo("read committed");
        }
        try (var transaction = OpenTransaction.repeatableRead(database.dataSource(), PATIENCE)) {
            assertThat(isolation(transaction)).isEqualTo("repeatable read");
        }
        try (var transaction = OpenTransaction.toBeBegun(database.dataSource())) {
            transaction.session().inOneTrip(OpenTransaction.READ_COMMITTED, List.of(RowReader.NOTHING), "1000");
            assertThat(isolation(transaction)).isEqualTo("read committed");
        }
    }

    private static String isolation(OpenTransaction transaction) {
        return transaction.session().one("show transaction_isolation", row -> row.getString(1));
    }

    @Test
    void C22_theFirstQueryTakesTheSnapshot() {
        try (var transaction = OpenTransaction.repeatableRead(database.dataSource(), PATIENCE)) {
            database.execute("insert into seen values (1)");
            assertThat(transaction.session().query("select id from seen", row -> row.getInt(1)))
                    .containsExactly(1);
        }
    }
}
