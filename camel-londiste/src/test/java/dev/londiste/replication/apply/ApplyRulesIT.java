package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.change.Change;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the subscriber's own foreign keys, triggers and constraints may and may not do to replicated rows. */
@Timeout(60)
class ApplyRulesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final Feed parent = new Feed("public.parent", "id");
    private final Feed child = new Feed("public.child", "id");

    @BeforeAll
    static void role() {
        database.execute("drop role if exists modest_rules; create role modest_rules login password 'x'");
    }

    @BeforeEach
    void schema() {
        database.execute(
                "drop schema public cascade; create schema public; grant usage on schema public to modest_rules;"
                        + " alter default privileges grant all on tables to modest_rules");
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C03_keysWithSeveralTextsAreAppliedInOrder(ApplyMode mode) {
        database.execute("create table parent (id numeric primary key, txt text)");

        var statistics = new Subscriber(database)
                .apply(
                        mode,
                        List.of(
                                parent.insert("{\"id\":1,\"txt\":\"a\"}"),
                                parent.rekey("{\"id\":1}", "{\"id\":1.0,\"txt\":\"b\"}"),
                                parent.update("{\"id\":1.0,\"txt\":\"c\"}"),
                                parent.delete("{\"id\":1.0,\"txt\":\"c\"}"),
                                parent.insert("{\"id\":1.00,\"txt\":\"d\"}")),
                        ApplyTarget.of("public.parent"));

        assertThat(database.rows("select * from parent").toString()).isEqualTo("[{id=1.00, txt=d}]");
        assertThat(statistics.chunksInOrder()).isEqualTo(1);
    }

    @Test
    void C03_anImpossibleHistoryOfAKeyIsAppliedInOrder() {
        database.execute("create table parent (id int primary key, txt text)");
        database.execute("insert into parent values (1, 'a')");

        var statistics = new Subscriber(database)
                .apply(parent.delete("{\"id\":1,\"txt\":\"a\"}"), parent.delete("{\"id\":1,\"txt\":\"a\"}"));

        assertThat(statistics.chunksInOrder()).isEqualTo(1);
        assertThat(statistics.missingDeletes()).isEqualTo(1);
        assertThatThrownBy(() -> new Subscriber(database)
                        .apply(parent.insert("{\"id\":2,\"txt\":\"a\"}"), parent.insert("{\"id\":2,\"txt\":\"b\"}")))
                .isInstanceOfSatisfying(
                        ApplyException.class, e -> assertThat(e.eventId()).isEqualTo(4));
        assertThatThrownBy(() -> new Subscriber(database)
                        .apply(
                                parent.insert("{\"id\":3,\"txt\":\"a\"}"),
                                parent.delete("{\"id\":3,\"txt\":\"a\"}"),
                                parent.update("{\"id\":3,\"txt\":\"b\"}")))
                .isInstanceOfSatisfying(
                        ApplyException.class, e -> assertThat(e.sqlState()).isEqualTo("P0002"));
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C06_aRowThatMovesToAnotherPartitionKeepsItsChildren(ApplyMode mode) throws SQLException {
        database.execute(
                "create table parent (id int, region int, primary key (id, region)) partition by list (region);"
                        + " create table parent_1 partition of parent for values in (1);"
                        + " create table parent_2 partition of parent for values in (2);"
                        + " create table child (id int primary key, p int, r int,"
                        + " foreign key (p, r) references parent on delete cascade on update cascade);"
                        + " insert into parent values (1, 1); insert into child values (10, 1, 1)");
        var rows = new Feed("public.parent", "id,region");
        var moved = List.of(rows.delete("{\"id\":1,\"region\":1}"), rows.insert("{\"id\":1,\"region\":2}"));

        applyModestly(mode, moved);

        assertThat(database.rows("select * from child").toString()).isEqualTo("[{id=10, p=1, r=2}]");
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C06_soDoesOneWhoseTransactionGoesOnInTheNextChunk(ApplyMode mode) throws SQLException {
        database.execute("create table parent (id int primary key, region int);"
                + " create table child (id int primary key, p int references parent on delete cascade);"
                + " create table filler (id int primary key);"
                + " insert into parent values (1, 1); insert into child values (10, 1)");
        var changes = new ArrayList<Change>();
        changes.add(parent.delete("{\"id\":1,\"region\":1}"));
        changes.addAll(filler(new Feed("public.filler", "id").nextTransaction()));
        changes.add(parent.insert("{\"id\":1,\"region\":2}"));

        try (var connection = database.dataSource("modest_rules", "x").getConnection()) {
            Subscriber.apply(
                    connection,
                    mode,
                    changes,
                    ApplyTarget.of("public.parent").fromPartitions(),
                    ApplyTarget.of("public.filler"));
        }

        assertThat(database.rows("select * from child").toString()).isEqualTo("[{id=10, p=1}]");
        assertThat(database.<Integer>value("select region from parent")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C29_actionsOfTheSubscribersForeignKeysStayQuiet(ApplyMode mode) {
        database.execute("create table parent (id int primary key);"
                + " create table child (id int primary key, p int references parent on delete cascade);"
                + " insert into parent values (1); insert into child values (10, 1)");

        new Subscriber(database)
                .apply(
                        mode,
                        List.of(parent.delete("{\"id\":1}"), parent.insert("{\"id\":1}")),
                        ApplyTarget.of("public.parent"));

        assertThat(database.<Long>value("select count(*) from child")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C29_whereTheyCannotTheirDeletesAreCounted(ApplyMode mode) throws SQLException {
        database.execute("create table parent (id int primary key);"
                + " create table child (id int primary key, p int references parent on delete cascade);"
                + " insert into parent values (1); insert into child values (10, 1)");

        var statistics = applyModestly(mode, List.of(parent.delete("{\"id\":1}"), child.delete("{\"id\":10,\"p\":1}")));

        assertThat(database.<Long>value("select count(*) from child")).isZero();
        assertThat(statistics.missingDeletes()).isEqualTo(mode == ApplyMode.IN_ORDER ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C29_aKeyThatACascadeChangedAlreadyCountsAsApplied(ApplyMode mode) throws SQLException {
        database.execute("create table parent (id int primary key);"
                + " create table child (id int references parent on update cascade primary key, doc json, txt text);"
                + " insert into parent values (1); insert into child values (1, '{\"a\": 1}', 'x')");
        var changes = new ArrayList<Change>();
        changes.add(parent.rekey("{\"id\":1}", "{\"id\":2}"));
        changes.add(child.change(
                "U:id", "public.child", "{\"id\":2,\"doc\":{\"a\": 1},\"txt\":\"x\"}", "{\"id\":1}", null));
        applyModestly(mode, changes);

        assertThat(database.<Integer>value("select id from child")).isEqualTo(2);
        // The same in the function that serves many changes.
        var many = new ArrayList<Change>(IntStream.range(100, 200)
                .mapToObj(i -> parent.insert("{\"id\":" + i + "}"))
                .toList());
        many.add(parent.rekey("{\"id\":2}", "{\"id\":3}"));
        many.add(child.change(
                "U:id", "public.child", "{\"id\":3,\"doc\":{\"a\": 1},\"txt\":\"x\"}", "{\"id\":2}", null));
        applyModestly(mode, many);
        assertThat(database.<Integer>value("select id from child")).isEqualTo(3);
    }

    @Test
    void C29_aKeyChangeThatFindsAnotherRowIsDrift() {
        database.execute(
                "create table child (id int primary key, doc json, txt text); insert into child values (2, '{}', 'y')");

        assertThatThrownBy(() -> new Subscriber(database)
                        .apply(child.rekey("{\"id\":1}", "{\"id\":2,\"doc\":{},\"txt\":\"x\"}")))
                .isInstanceOf(ApplyException.class);
    }

    @Test
    void userTriggersSeeEveryChangeInOrder() {
        database.execute("create table parent (id int primary key, txt text); create table log (n serial, what text);"
                + " create function tell() returns trigger language plpgsql as $$begin"
                + " insert into log (what) values (tg_op || coalesce(new.txt, '')); return null; end$$;"
                + " create trigger t after insert or update or delete on parent for each row execute function tell()");

        var statistics = new Subscriber(database)
                .apply(
                        parent.insert("{\"id\":1,\"txt\":\"a\"}"),
                        parent.update("{\"id\":1,\"txt\":\"b\"}"),
                        parent.delete("{\"id\":1,\"txt\":\"b\"}"));

        assertThat(database.rows("select what from log order by n").toString())
                .isEqualTo("[{what=INSERTa}, {what=UPDATEb}, {what=DELETE}]");
        assertThat(statistics.chunksInOrder()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C30_deferredConstraintsWaitForTheEndOfTheProvidersTransaction(ApplyMode mode) throws SQLException {
        deferredTables();
        var changes = new ArrayList<Change>();
        changes.add(child.insert("{\"id\":10,\"p\":1}"));
        changes.addAll(filler(new Feed("public.filler", "id")));
        changes.add(parent.insert("{\"id\":1}"));

        applyModestly(mode, changes);

        assertThat(database.<Long>value("select count(*) from child")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C30_aDeferredConstraintThatFailsHasItsEvents(ApplyMode mode) {
        deferredTables();
        database.execute("insert into parent values (2), (3); insert into child values (5, 2)");
        var good = child.insert("{\"id\":9,\"p\":3}");
        var orphan = child.insert("{\"id\":10,\"p\":1}");
        // It has the id of the parent that is missing.
        var other = child.insert("{\"id\":1,\"p\":2}");

        assertBlamed(mode, List.of(good, orphan, other), orphan);

        var missed = parent.delete("{\"id\":2}");
        assertBlamed(
                mode, List.of(child.insert("{\"id\":2,\"p\":3}"), missed, child.insert("{\"id\":8,\"p\":3}")), missed);
    }

    private static void assertBlamed(ApplyMode mode, List<Change> changes, Change culprit) {
        assertThatThrownBy(() -> applyModestly(mode, changes)).isInstanceOfSatisfying(ApplyException.class, e -> {
            assertThat(e.sqlState()).isEqualTo("23503");
            assertThat(e.eventId()).isEqualTo(culprit.eventId());
            assertThat(e.table()).isEqualTo(culprit.table());
        });
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C30_aDeferredUniqueConstraintThatFailsHasItsEvent(ApplyMode mode) {
        database.execute("create table parent (id int primary key, u int, w text, unique (u, w) deferrable)");
        database.execute("insert into parent values (1, 1, 'a, b')");
        var changes = List.of(
                parent.insert("{\"id\":2,\"u\":2,\"w\":\"a, b\"}"),
                parent.insert("{\"id\":3,\"u\":1,\"w\":\"a, b\"}"),
                parent.insert("{\"id\":4,\"u\":1,\"w\":\"a\"}"));

        assertThatThrownBy(() -> new Subscriber(database).apply(mode, changes, ApplyTarget.of("public.parent")))
                .isInstanceOfSatisfying(ApplyException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo("23505");
                    assertThat(e.eventId()).isEqualTo(changes.get(1).eventId());
                });
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void C30_uniqueValuesSwapUnderADeferrableConstraint(ApplyMode mode) {
        database.execute("create table parent (id int primary key, u int unique deferrable);"
                + " insert into parent values (1, 1), (2, 2)");

        new Subscriber(database)
                .apply(
                        mode,
                        List.of(parent.update("{\"id\":1,\"u\":2}"), parent.update("{\"id\":2,\"u\":1}")),
                        ApplyTarget.of("public.parent"));

        assertThat(database.rows("select * from parent order by id").toString())
                .isEqualTo("[{id=1, u=2}, {id=2, u=1}]");
    }

    private static void deferredTables() {
        database.execute("create table parent (id int primary key); create table filler (id int primary key);"
                + " create table child (id int primary key, p int references parent deferrable)");
    }

    /** More than fits into one chunk. */
    private static List<Change> filler(Feed feed) {
        return IntStream.range(0, 20_001)
                .mapToObj(i -> feed.insert("{\"id\":" + i + "}"))
                .toList();
    }

    /** As a role that may not act as replica. */
    private static ApplyStatistics applyModestly(ApplyMode mode, List<Change> changes) throws SQLException {
        try (var connection = database.dataSource("modest_rules", "x").getConnection()) {
            return Subscriber.apply(connection, mode, changes, Subscriber.targets(changes));
        }
    }
}
