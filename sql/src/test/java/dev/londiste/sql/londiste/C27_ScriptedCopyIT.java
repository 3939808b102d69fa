package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dropped indexes are made again by statements that name columns as they were: a script finds the indexes standing. */
@Timeout(60)
class C27_ScriptedCopyIT {

    private static final String RENAME = "alter table shaped rename code to number";

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    /** A copy in ranges, in the middle: two rows of one key, and no index. */
    @BeforeEach
    void copyInRanges() {
        database.execute("""
                drop table if exists shaped; delete from londiste.subscriber_table; delete from londiste.subscriber_pending_indexes;
                create table shaped (id int primary key, code int unique); create index by_both on shaped (code, id);
                select londiste.subscriber_add_table('q', 'shaped');
                update londiste.subscriber_table set merge_state = 'in-copy', copy_attempt = 1;
                select londiste.drop_table_indexes('public.shaped');
                insert into shaped values (1, 1), (1, 1)
                """);
        assertThat(indexes()).isEmpty();
    }

    private static List<Object> indexes() {
        return database.rows("select indexname from pg_indexes where tablename = 'shaped' order by 1").stream()
                .map(row -> row.get("indexname"))
                .toList();
    }

    private static void execute() {
        database.rows("select londiste.subscriber_execute('q', ?, array['public.shaped'])", RENAME);
    }

    private static long rows() {
        return database.value("select count(*) from shaped");
    }

    @Test
    void aRestartedCopyHasItsIndexesWhenTheScriptRuns() {
        database.execute("select londiste.restart_copies('job', 'q', array['public.shaped'])");
        assertThat(database.rows("select copy_attempt from londiste.subscriber_table where merge_state is null"))
                .singleElement()
                .satisfies(row -> assertThat((int) row.get("copy_attempt")).isGreaterThan(1));
        execute();
        assertThat(indexes()).containsExactly("by_both", "shaped_code_key", "shaped_pkey");
        assertThat(database.rows("select * from londiste.subscriber_pending_indexes"))
                .isEmpty();
        assertThat(rows()).isZero();
    }

    @Test
    void rowsThatAreToStayKeepWhatCannotBeMadeListed() {
        database.execute("update londiste.subscriber_table set skip_truncate = true");
        database.execute("select londiste.restart_copies('job', 'q', array['public.shaped'])");
        assertThat(rows()).isEqualTo(2);
        assertThat(database.rows("select * from londiste.subscriber_pending_indexes"))
                .hasSize(3);
    }

    @Test
    void aTableThatWasParkedInItsCopyHasItsIndexesWhenTheScriptRuns() {
        database.execute("select londiste.park_table('q', 'public.shaped', 'why')");
        execute();
        assertThat(indexes()).containsExactly("by_both", "shaped_code_key", "shaped_pkey");
        assertThat(rows()).isZero();
    }
}
