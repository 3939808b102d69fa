package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.SqlFiles;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The files of sql/londiste may run at any time, also beside a replay. */
@Timeout(60)
class LondisteInstallIT {

    private static final String SCRIPT = String.join("\n", SqlFiles.of("londiste"));

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withLondiste();

    /** A replay holds its position and then asks for states; whoever locked both the other way round would be its deadlock. */
    @Test
    void installingAgainLocksNoTable() throws SQLException {
        var tables = database.rows("select format('%I.%I', schemaname, tablename) as name from pg_tables"
                + " where schemaname in ('pgq', 'londiste') and tablename not like 'event%'");
        assertThat(tables)
                .extracting(row -> row.get("name"))
                .contains("londiste.completed", "londiste.subscriber_table");
        try (var replay = database.connect();
                var lock = replay.createStatement();
                var installer = database.connect();
                var install = installer.createStatement()) {
            replay.setAutoCommit(false);
            for (var table : tables) {
                lock.execute("lock table " + table.get("name") + " in row exclusive mode");
            }

            install.execute("set lock_timeout = '2s'");
            install.execute(SCRIPT);

            assertThat(replay.isValid(1)).isTrue();
        }
    }

    /** They were counted for each table, and began again when it was removed and added. */
    @Test
    void C17_copyAttemptsOfAnOlderVersionDoNotComeAgain() {
        database.execute("drop sequence londiste.copy_attempt;"
                + " insert into londiste.subscriber_table (queue_name, table_name, copy_attempt) values ('q', 't', 1)");

        database.execute(SCRIPT);

        assertThat(database.<Long>value("select nextval('londiste.copy_attempt')"))
                .isEqualTo(2);
        database.execute("update londiste.subscriber_table set copy_attempt = 8");
        database.execute(SCRIPT);
        assertThat(database.<Long>value("select nextval('londiste.copy_attempt')"))
                .isEqualTo(9);
        database.execute(SCRIPT);
        assertThat(database.<Long>value("select nextval('londiste.copy_attempt')"))
                .isEqualTo(10);
        database.execute("delete from londiste.subscriber_table");
    }

    @Test
    void aTableOfAnOlderVersionGetsTheColumnsThatItLacks() {
        database.execute(
                "alter table londiste.subscriber_table drop column parked_reason, drop column expect_sync cascade");

        database.execute(SCRIPT);

        assertThat(database.rows("select parked_reason, expect_sync from londiste.subscriber_table"))
                .isEmpty();
    }
}
