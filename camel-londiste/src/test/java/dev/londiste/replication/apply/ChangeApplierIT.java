package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ChangeApplierIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final Subscriber subscriber = new Subscriber(database);
    private final Feed feed = new Feed("public.t", "id");

    @BeforeEach
    void table() {
        database.execute("drop schema public cascade; create schema public");
        database.execute("create table t (id int primary key, txt text)");
    }

    @Test
    void insertsUpdatesAndDeletes() {
        subscriber.apply(
                feed.insert("{\"id\":1,\"txt\":\"a\"}"),
                feed.insert("{\"id\":2,\"txt\":null}"),
                feed.insert("{\"id\":3,\"txt\":\"\"}"));
        var statistics = subscriber.apply(
                feed.update("{\"id\":1,\"txt\":\"b'\\\"\\\\,{}\"}"), feed.delete("{\"id\":2,\"txt\":null}"));

        assertThat(rows()).containsExactly("1:b'\"\\,{}", "3:");
        assertThat(statistics.updates()).isEqualTo(1);
        assertThat(statistics.deletes()).isEqualTo(1);
        assertThat(statistics.changes()).isEqualTo(2);
    }

    @Test
    void keyChangesAndWhatFollowsThem() {
        subscriber.apply(
                feed.insert("{\"id\":1,\"txt\":\"a\"}"),
                feed.rekey("{\"id\":1}", "{\"id\":5,\"txt\":\"a\"}"),
                feed.insert("{\"id\":1,\"txt\":\"new\"}"),
                feed.update("{\"id\":5,\"txt\":\"b\"}"));

        assertThat(rows()).containsExactly("1:new", "5:b");
    }

    @Test
    void aTextThatStaysIsNotWrittenAnewAndOneThatChangesIs() {
        database.execute("create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
                + " create table big (id int primary key, n int, doc text collate blind, code varchar(20))");
        var changes = new Feed("public.big", "id");
        var doc = new Random(1)
                .ints(20_000, 'a', 'z')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        var row = "{\"id\":1,\"n\":%d,\"doc\":\"%s\",\"code\":%s}";
        var stored = "select pg_relation_size(reltoastrelid) from pg_class where oid = 'big'::regclass";
        subscriber.apply(changes.insert(row.formatted(0, doc, "null")));
        var before = database.<Long>value(stored);

        subscriber.apply(changes.update(row.formatted(1, doc, "\"first\"")));
        assertThat(database.<Long>value(stored)).isEqualTo(before);
        assertThat(database.<String>value("select n || code || doc from big")).isEqualTo("1first" + doc);

        // Equal for this collation, and yet another text.
        var other = doc.toUpperCase(Locale.ROOT);
        subscriber.apply(changes.update(row.formatted(2, other, "null")));
        assertThat(database.<String>value("select n || coalesce(code, '-') || doc from big"))
                .isEqualTo("2-" + other);
    }

    @Test
    void C01_aColumnThatTheSubscriberLacksIsAnErrorOfThatTable() {
        assertThatThrownBy(() -> subscriber.apply(feed.insert("{\"id\":1,\"txt\":\"a\",\"added\":1}")))
                .isInstanceOfSatisfying(ApplyException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo("LD003");
                    assertThat(e.table()).isEqualTo("public.t");
                    assertThat(e.eventId()).isEqualTo(1);
                })
                .hasMessageContaining("column added");
    }

    @Test
    void C01_generatedColumnsAreLeftOutAndExtraColumnsKeepTheirDefaults() {
        database.execute("create table g (twice int generated always as (n * 2) stored, own text default 'mine',"
                + " n int, id int primary key)");
        var changes = new Feed("public.g", "id");

        subscriber.apply(
                changes.insert("{\"id\":1,\"n\":2,\"twice\":4}"), changes.update("{\"id\":1,\"n\":3,\"twice\":6}"));

        assertThat(database.rows("select * from g").toString()).isEqualTo("[{twice=6, own=mine, n=3, id=1}]");
    }

    @Test
    void C33_identityAlwaysIsWrittenByInsertsAndLeftAloneByUpdates() {
        database.execute("create table i (id int generated always as identity primary key, txt text," + " other int)");
        database.execute("create table j (id int primary key, n int generated always as identity)");
        var i = new Feed("public.i", "id");
        var j = new Feed("public.j", "id");

        subscriber.apply(
                i.insert("{\"id\":7,\"txt\":\"a\",\"other\":1}"),
                i.update("{\"id\":7,\"txt\":\"b\",\"other\":2}"),
                j.insert("{\"id\":1,\"n\":50}"),
                j.update("{\"id\":1,\"n\":50}"));

        assertThat(database.rows("select * from i").toString()).isEqualTo("[{id=7, txt=b, other=2}]");
        assertThat(database.rows("select * from j").toString()).isEqualTo("[{id=1, n=50}]");
    }

    @Test
    void aFailedChangeNamesEventTableKeyAndState() {
        assertThatThrownBy(() -> subscriber.apply(
                        feed.insert("{\"id\":1,\"txt\":\"a\"}"), feed.insert("{\"id\":1,\"txt\":\"secret\"}")))
                .isInstanceOfSatisfying(ApplyException.class, e -> {
                    assertThat(e.eventId()).isEqualTo(2);
                    assertThat(e.table()).isEqualTo("public.t");
                    assertThat(e.key()).isEqualTo("id=1");
                    assertThat(e.sqlState()).isEqualTo("23505");
                })
                .hasMessageStartingWith("INSERT of table public.t by event 2 failed")
                .hasMessageNotContaining("secret");
        assertThat(rows()).isEmpty();
    }

    @Test
    void anUpdateThatFindsNoRowIsDrift() {
        assertThatThrownBy(() -> subscriber.apply(feed.update("{\"id\":9,\"txt\":\"a\"}")))
                .isInstanceOfSatisfying(ApplyException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo("P0002");
                    assertThat(e.key()).isEqualTo("id=9");
                });
    }

    @Test
    void aDeleteThatFindsNoRowIsCounted() {
        var statistics = subscriber.apply(feed.delete("{\"id\":9,\"txt\":\"a\"}"));

        assertThat(statistics.missingDeletes()).isEqualTo(1);
    }

    @Test
    void aValueThatIsTooLongIsRefusedAndNotCut() {
        database.execute("alter table t alter txt type varchar(3)");

        assertThatThrownBy(() -> subscriber.apply(feed.insert("{\"id\":1,\"txt\":\"abcd\"}")))
                .isInstanceOfSatisfying(
                        ApplyException.class, e -> assertThat(e.sqlState()).isEqualTo("22001"));
    }

    @Test
    void aTableThatTheSubscriberLacksIsNamed() {
        assertThatThrownBy(() -> subscriber.apply(new Feed("public.nowhere", "id").insert("{\"id\":1}")))
                .isInstanceOf(ApplyException.class)
                .hasMessageContaining("the subscriber has no table public.nowhere");
    }

    @Test
    void C31_truncatedTablesOfOneTransactionAreEmptiedTogether() {
        database.execute("create table child (id int primary key, t_id int references t)");
        database.execute("insert into t values (1, 'a'); insert into child values (1, 1)");
        var child = new Feed("public.child", "id");

        subscriber.apply(
                feed.insert("{\"id\":2,\"txt\":\"before\"}"),
                feed.truncate(),
                child.truncate(),
                feed.insert("{\"id\":3,\"txt\":\"after\"}"));

        assertThat(rows()).containsExactly("3:after");
        assertThat(database.<Long>value("select count(*) from child")).isZero();
    }

    @Test
    void C31_aTableThatOthersReferenceIsEmptiedByDelete() {
        database.execute("create table outside (id int primary key, t_id int references t)");
        database.execute("insert into t values (1, 'a'); insert into outside values (1, null)");

        subscriber.apply(feed.truncate());

        assertThat(rows()).isEmpty();
        assertThat(database.<Long>value("select count(*) from outside"))
                .as("CASCADE would empty it")
                .isEqualTo(1);
    }

    @Test
    void C34_aPolicyIsAnErrorAndHidesNothing() throws Exception {
        database.execute("alter table t enable row level security; create policy p on t using (id > 100)");
        database.execute("insert into t values (1, 'a')");
        database.execute("drop role if exists applier_c34");
        database.execute("create role applier_c34 login password 'x'; grant all on t to applier_c34;"
                + " grant usage on schema public to applier_c34");
        try (var connection = database.dataSource("applier_c34", "x").getConnection()) {
            var changes = List.of(feed.delete("{\"id\":1,\"txt\":\"a\"}"));

            assertThatThrownBy(() -> Subscriber.apply(connection, changes))
                    .isInstanceOfSatisfying(
                            ApplyException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
        } finally {
            database.execute("drop owned by applier_c34; drop role applier_c34");
        }
    }

    private List<String> rows() {
        return database.rows("select id || ':' || coalesce(txt, 'NULL') as r from t order by id").stream()
                .map(row -> (String) row.get("r"))
                .toList();
    }
}
