package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.change.Change;
import dev.londiste.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscriber that differs, and the policy of its table; with few changes and with so many that a function applies them. */
@Timeout(60)
class OnConflictIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final Feed feed = new Feed("public.t", "a,b");

    @BeforeEach
    void driftedTable() {
        database.execute("drop table if exists t; create table t (a int, b text, txt text, own int default 5,"
                + " n int generated always as identity, primary key (a, b));"
                + " insert into t (a, b, txt, own) values (1, 'x', 'theirs', 6), (3, 'x', 'theirs', 6)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void overwriteLetsTheProvidersRowWin(int more) {
        var statistics = apply(OnConflict.OVERWRITE, more);

        assertThat(rows()).containsExactly("1 x ours 6", "2 x ours 5", "3 x ours 6");
        assertThat(statistics.conflicts()).isEqualTo(3);
        assertThat(statistics.missingDeletes()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void skipLeavesTheSubscribersRows(int more) {
        var statistics = apply(OnConflict.SKIP, more);

        assertThat(rows()).containsExactly("1 x theirs 6", "3 x theirs 6");
        assertThat(statistics.conflicts()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void stopFailsAtTheFirst(int more) {
        assertThatThrownBy(() -> apply(OnConflict.STOP, more))
                .isInstanceOfSatisfying(
                        ApplyException.class, e -> assertThat(e.key()).isEqualTo("a=1,b=x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void whatIsNoConflictStillFails(int more) {
        database.execute("alter table t add check (txt <> 'ours')");

        assertThatThrownBy(() -> apply(OnConflict.OVERWRITE, more))
                .isInstanceOfSatisfying(
                        ApplyException.class, e -> assertThat(e.sqlState()).isEqualTo("23514"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void C33_aGeneratedValueThatDiffersIsNotPassedOver(int more) {
        database.execute("drop table t; create table t (a int, b text, txt text,"
                + " n int generated always as identity, primary key (a, b));"
                + " insert into t overriding system value values (1, 'x', 'theirs', 5), (3, 'x', 'theirs', 5)");
        var changes = more(more, ",\"txt\":\"m\",\"n\":1}");
        changes.add(feed.insert("{\"a\":1,\"b\":\"x\",\"txt\":\"ours\",\"n\":5}"));
        var same = new ArrayList<>(changes);
        changes.add(feed.update("{\"a\":3,\"b\":\"x\",\"txt\":\"ours\",\"n\":6}"));

        assertThatThrownBy(() -> apply(OnConflict.OVERWRITE, changes))
                .isInstanceOfSatisfying(
                        ApplyException.class, e -> assertThat(e.key()).isEqualTo("a=3,b=x"))
                .hasMessageContaining("GENERATED ALWAYS");
        apply(OnConflict.OVERWRITE, same);
        assertThat(database.rows("select txt, n from t where b = 'x' order by a")
                        .toString())
                .isEqualTo("[{txt=ours, n=5}, {txt=theirs, n=5}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "r", "missing", "conflicts", "acting", "v_state", "step", "nr", "c0", "t"})
    void columnsMayHaveAnyName(String name) {
        database.execute("drop table t; create table t (" + name + " int primary key, txt text);"
                + " insert into t values (1, 'theirs'), (3, 'theirs')");
        var named = new Feed("public.t", name);
        var changes = new ArrayList<Change>(IntStream.range(100, 200)
                .mapToObj(i -> named.insert("{\"" + name + "\":" + i + ",\"txt\":\"m\"}"))
                .toList());
        changes.add(named.insert("{\"" + name + "\":1,\"txt\":\"ours\"}"));
        changes.add(named.update("{\"" + name + "\":2,\"txt\":\"ours\"}"));
        changes.add(named.rekey("{\"" + name + "\":9}", "{\"" + name + "\":3,\"txt\":\"ours\"}"));
        changes.add(named.delete("{\"" + name + "\":4,\"txt\":\"gone\"}"));

        var statistics = apply(OnConflict.OVERWRITE, changes);

        assertThat(database.rows("select txt from t where " + name + " < 100").toString())
                .isEqualTo("[{txt=ours}, {txt=ours}, {txt=ours}]");
        assertThat(statistics.conflicts()).isEqualTo(3);
        assertThat(statistics.missingDeletes()).isEqualTo(1);
    }

    /** An insert of a row that is there, updates of a missing one and of a moved one, a delete of a missing one. */
    private ApplyStatistics apply(OnConflict policy, int more) {
        var changes = more(more, ",\"txt\":\"m\"}");
        changes.add(feed.insert("{\"a\":1,\"b\":\"x\",\"txt\":\"ours\"}"));
        changes.add(feed.update("{\"a\":2,\"b\":\"x\",\"txt\":\"ours\"}"));
        changes.add(feed.rekey("{\"a\":9,\"b\":\"x\"}", "{\"a\":3,\"b\":\"x\",\"txt\":\"ours\"}"));
        changes.add(feed.delete("{\"a\":4,\"b\":\"x\",\"txt\":\"gone\"}"));
        return apply(policy, changes);
    }

    /** Inserts beside, with the rest of their rows. */
    private List<Change> more(int more, String rest) {
        return new ArrayList<>(IntStream.range(0, more)
                .mapToObj(i -> feed.insert("{\"a\":" + (100 + i) + ",\"b\":\"more\"" + rest))
                .toList());
    }

    private static ApplyStatistics apply(OnConflict policy, List<Change> changes) {
        return new Subscriber(database)
                .apply(
                        ApplyMode.NET_CHANGES,
                        changes,
                        ApplyTarget.of("public.t").onConflict(policy));
    }

    private static List<String> rows() {
        return database
                .rows("select a || ' ' || b || ' ' || txt || ' ' || own as r from t where b <> 'more' order by a")
                .stream()
                .map(row -> (String) row.get("r"))
                .toList();
    }
}
