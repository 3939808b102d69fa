package dev.londiste.replication.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.change.Change;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void C03_keysThatAreSpelledAlikeAreNetChangesWhateverTheirType() {
        database.execute("create table parent (id numeric primary key, txt text);"
                + " create table child (id char(5) primary key, p int);"
                + " insert into parent values (1.0, 'old'), (2.0, 'old'); insert into child values ('a', 1), ('b', 1)");

        var statistics = new Subscriber(database)
                .apply(
                        parent.update("{\"id\":1.0,\"txt\":\"b\"}"),
                        parent.update("{\"id\":1.0,\"txt\":\"c\"}"),
                        parent.delete("{\"id\":2.00,\"txt\":\"old\"}"),
                        parent.insert("{\"id\":3.10,\"txt\":\"d\"}"),
                        parent.insert("{\"id\":3.01,\"txt\":\"e\"}"),
                        child.update("{\"id\":\"a    \",\"p\":2}"),
                        child.rekey("{\"id\":\"b    \"}", "{\"id\":\"c    \",\"p\":3}"));

        assertThat(database.rows("select * from parent order by id").toString())
                .isEqualTo("[{id=1.0, txt=c}, {id=3.01, txt=e}, {id=3.10, txt=d}]");
        assertThat(database.rows("select rtrim(id) as id, p from child order by id")
                        .toString())
                .isEqualTo("[{id=a, p=2}, {id=c, p=3}]");
        assertThat(statistics.chunksInOrder()).isZero();
    }

    @Test
    void C03_aNumberThatTheServerWouldNotWriteLikeThisIsAppliedInOrder() {
        database.execute(
                "create table parent (id numeric primary key, txt text); insert into parent values (1, 'old')");

        var statistics = new Subscriber(database)
                .apply(parent.delete("{\"id\":\"1e0\",\"txt\":\"old\"}"), parent.insert("{\"id\":1,\"txt\":\"b\"}"));

        assertThat(database.rows("select * from parent").toString()).isEqualTo("[{id=1, txt=b}]");
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
    void C29_soTheyDoBesideATableWithoutTriggers(ApplyMode mode) {
        database.execute("create table alone (id int primary key); create table parent (id int primary key);"
                + " create table child (id int primary key, p int references parent on delete cascade);"
                + " insert into parent values (1); insert into child values (10, 1)");
        var alone = new Feed("public.alone", "id");
        // So many that a function applies them in order.
        var changes = new ArrayList<Change>(IntStream.range(0, 100)
                .mapToObj(i -> alone.insert("{\"id\":" + i + "}"))
                .toList());
        changes.add(parent.delete("{\"id\":1}"));
        changes.add(parent.insert("{\"id\":1}"));

        new Subscriber(database).apply(mode, changes, ApplyTarget.of("public.alone"), ApplyTarget.of("public.parent"));

        assertThat(count("alone")).isEqualTo(100);
        assertThat(count("child")).isEqualTo(1);
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
    @ValueSource(strings = {"2", "\"NaN\""})
    void tablesOfOtherTypesShareTheVariablesOfTheLoop(String amount) {
        database.execute("create table parent (id int8 primary key, n int4, txt text, at timestamptz, amount numeric);"
                + " create table child (at date, ok bool, id int8, p int8, primary key (id))");
        var changes = new ArrayList<Change>();
        for (int i = 1; i <= 20; i++) {
            var row = "{\"id\":%d,\"n\":%d,\"txt\":\"7\",\"at\":\"2026-11-28T10:00:00+00:00\",\"amount\":%s}";
            changes.add(parent.insert(row.formatted(i, i, "1.50")));
            changes.add(child.insert("{\"at\":\"2026-11-28\",\"ok\":true,\"id\":%d,\"p\":%d}".formatted(100 + i, i)));
            changes.add(parent.update(row.formatted(i, 1000 + i, i == 20 ? amount : "null")));
        }
        changes.add(parent.delete("{\"id\":3}"));
        changes.add(child.delete("{\"id\":104}"));

        new Subscriber(database).apply(ApplyMode.IN_ORDER, changes, Subscriber.targets(changes));

        assertThat(database.<String>value("select count(*) || ' ' || sum(n - id) || ' ' || count(amount) || ' '"
                        + " || max(amount) || min(txt) || min(at at time zone 'UTC') from parent"))
                .isEqualTo("19 19000 1 " + amount.replace("\"", "") + "72026-11-28 10:00:00");
        assertThat(database.<String>value("select count(*) || ' ' || sum(id - p) || min(at) from child where ok"))
                .isEqualTo("19 19002026-11-28");
    }

    @Test
    void aValueThatItsTypeRefusesIsRefusedAtItsRow() {
        database.execute("create table parent (id int primary key, txt date)");
        var changes = new ArrayList<Change>();
        for (int i = 1; i <= 60; i++) {
            changes.add(parent.insert("{\"id\":%d,\"txt\":\"2026-02-%d\"}".formatted(i, i == 40 ? 30 : 10)));
        }

        assertThatThrownBy(
                        () -> new Subscriber(database).apply(ApplyMode.IN_ORDER, changes, Subscriber.targets(changes)))
                .isInstanceOfSatisfying(
                        ApplyException.class,
                        e -> assertThat(e.eventId()).isEqualTo(changes.get(39).eventId()));
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

    @Test
    void C31_aTableWithChecksThatWaitIsEmptiedAfterThem() throws SQLException {
        deferredTables();
        database.execute("insert into parent values (1)");

        applyModestly(
                ApplyMode.NET_CHANGES,
                List.of(
                        child.insert("{\"id\":10,\"p\":1}"),
                        child.nextTransaction().truncate()));

        assertThat(count("child")).isZero();
    }

    @Test
    void C31_aTableWithChecksThatHaveToWaitLongerIsEmptiedByDelete() throws SQLException {
        deferredTables();
        database.execute("create table open (id int primary key, p int references parent deferrable);"
                + " insert into parent values (1)");
        var open = new Feed("public.open", "id");
        var truncating = new Feed("public.child", "id").nextTransaction();
        open.nextTransaction().nextTransaction();
        parent.nextTransaction().nextTransaction();

        applyModestly(
                ApplyMode.NET_CHANGES,
                List.of(
                        child.insert("{\"id\":10,\"p\":1}"),
                        open.insert("{\"id\":20,\"p\":2}"),
                        truncating.truncate(),
                        parent.insert("{\"id\":2}")));

        assertThat(count("child")).isZero();
        assertThat(count("open")).isEqualTo(1);
    }

    @Test
    void C31_othersChangesBetweenDoNotSeparateTheTablesThatWereTruncatedTogether() throws SQLException {
        familyAndFiller();
        var filler = new Feed("public.filler", "id").nextTransaction();

        applyModestly(
                ApplyMode.NET_CHANGES,
                List.of(parent.truncate(), filler.insert("{\"id\":1}"), child.truncate(), filler.insert("{\"id\":2}")));

        assertThat(count("parent") + count("child")).isZero();
        assertThat(count("filler")).isEqualTo(2);
    }

    @Test
    void C31_norDoOthersTruncations() throws SQLException {
        familyAndFiller();
        database.execute("create table a (id int primary key); create table b (id int primary key references a);"
                + " insert into a values (1); insert into b values (1)");
        var a = new Feed("public.a", "id").nextTransaction();
        var b = new Feed("public.b", "id").nextTransaction();

        applyModestly(ApplyMode.NET_CHANGES, List.of(parent.truncate(), a.truncate(), child.truncate(), b.truncate()));

        assertThat(count("parent") + count("child") + count("a") + count("b")).isZero();
    }

    @Test
    void C31_changesOfATruncatedTableKeepTheirSideOfIt() throws SQLException {
        familyAndFiller();
        database.execute("create table late (id int primary key)");
        var late = new Feed("public.late", "id");
        var others = new Feed("public.late", "id").nextTransaction();
        var filler = new Feed("public.filler", "id").nextTransaction();

        applyModestly(
                ApplyMode.NET_CHANGES,
                List.of(
                        parent.truncate(),
                        others.insert("{\"id\":1}"),
                        child.truncate(),
                        late.truncate(),
                        filler.insert("{\"id\":1}"),
                        late.insert("{\"id\":2}"),
                        others.nextTransaction().insert("{\"id\":3}")));

        assertThat(database.rows("select id from late order by id").toString()).isEqualTo("[{id=2}, {id=3}]");
        assertThat(count("parent") + count("child")).isZero();
        assertThat(count("filler")).isEqualTo(1);
    }

    @Test
    void C06_othersTruncationsDoNotSeparateTheTwoPartsOfAMove() throws SQLException {
        database.execute(
                "create table parent (id int primary key, region int);"
                        + " create table child (id int primary key, p int references parent on delete cascade);"
                        + " create table filler (id int primary key);"
                        + " insert into parent values (1, 1), (2, 1); insert into child values (10, 1); insert into filler values (7)");
        var filler = new Feed("public.filler", "id").nextTransaction();

        try (var connection = database.dataSource("modest_rules", "x").getConnection()) {
            Subscriber.apply(
                    connection,
                    ApplyMode.NET_CHANGES,
                    List.of(
                            parent.delete("{\"id\":1,\"region\":1}"),
                            filler.truncate(),
                            parent.insert("{\"id\":1,\"region\":2}"),
                            parent.delete("{\"id\":2,\"region\":1}"),
                            filler.truncate()),
                    ApplyTarget.of("public.parent").fromPartitions(),
                    ApplyTarget.of("public.filler"));
        }

        assertThat(database.rows("select * from child").toString()).isEqualTo("[{id=10, p=1}]");
        assertThat(database.rows("select * from parent").toString()).isEqualTo("[{id=1, region=2}]");
        assertThat(count("filler")).isZero();
    }

    @Test
    void C06_aDeletedRowWhoseTableIsTruncatedNextIsNotMissed() throws SQLException {
        database.execute("create table parent (id int primary key, region int);"
                + " create table child (id int primary key, p int references parent on delete cascade);"
                + " insert into parent values (1, 1), (2, 1)");

        try (var connection = database.dataSource("modest_rules", "x").getConnection()) {
            var statistics = Subscriber.apply(
                    connection,
                    ApplyMode.NET_CHANGES,
                    List.of(
                            parent.delete("{\"id\":1,\"region\":1}"),
                            parent.nextTransaction().truncate()),
                    ApplyTarget.of("public.parent").fromPartitions());
            assertThat(statistics.missingDeletes()).isZero();
        }

        assertThat(count("parent")).isZero();
    }

    @Test
    void C30_tablesThatATruncationMeetsFirstAreDeferredToo() throws SQLException {
        deferredTables();
        var changes = new ArrayList<Change>(List.of(child.truncate(), parent.truncate()));
        IntStream.range(0, 5000)
                .mapToObj(i -> child.insert("{\"id\":" + i + ",\"p\":1}"))
                .forEach(changes::add);
        changes.add(parent.insert("{\"id\":1}"));

        applyModestly(ApplyMode.NET_CHANGES, changes);

        assertThat(count("child")).isEqualTo(5000);
    }

    @Test
    void C30_constraintTriggersOfUsersWaitAsConstraintsDo() throws SQLException {
        database.execute("create table parent (id int primary key); create table filler (id int primary key);"
                + " create table child (id int primary key, p int);"
                + " create function look() returns trigger language plpgsql as $$begin"
                + " if not exists (select from parent where id = new.p) then raise 'no parent'; end if;"
                + " return null; end$$;"
                + " create constraint trigger look after insert on child deferrable initially deferred"
                + " for each row execute function look()");
        var filler = new Feed("public.filler", "id");
        var changes = new ArrayList<Change>();
        changes.add(child.insert("{\"id\":10,\"p\":1}"));
        IntStream.range(0, 2001)
                .mapToObj(i -> filler.nextTransaction().insert("{\"id\":" + i + "}"))
                .forEach(changes::add);
        changes.add(parent.insert("{\"id\":1}"));

        applyModestly(ApplyMode.NET_CHANGES, changes);

        assertThat(count("child")).isEqualTo(1);
    }

    @Test
    void truncateTriggersFireOnEveryTable() {
        familyAndFiller();
        database.execute("create table log (what text);"
                + " create function tell() returns trigger language plpgsql as $$begin"
                + " insert into log values (tg_table_name); return null; end$$;"
                + " create trigger t after truncate on child execute function tell()");

        new Subscriber(database).apply(parent.truncate(), child.truncate());

        assertThat(database.rows("select what from log").toString()).isEqualTo("[{what=child}]");
    }

    @Test
    void soDoThoseOfReplicasBesideATableWithoutTriggers() {
        database.execute("create table alone (id int primary key); create table parent (id int primary key);"
                + " create table log (what text);"
                + " create function tell() returns trigger language plpgsql as $$begin"
                + " insert into log values (tg_table_name); return null; end$$;"
                + " create trigger t after truncate on parent execute function tell();"
                + " alter table parent enable replica trigger t");

        new Subscriber(database).apply(new Feed("public.alone", "id").truncate(), parent.truncate());

        assertThat(database.rows("select what from log").toString()).isEqualTo("[{what=parent}]");
    }

    @ParameterizedTest
    @EnumSource(ApplyMode.class)
    void rowsThatAreRefusedForAnyReasonOfTheirOwnHaveTheirEvent(ApplyMode mode) {
        database.execute("create table parent (id int primary key, txt text); create index on parent (txt);"
                + " create table child (id int primary key);"
                + " create function refuse() returns trigger language plpgsql as $$begin"
                + " raise 'no' using errcode = 'U0001'; end$$;"
                + " create trigger t before insert on child for each row execute function refuse()");
        var random = new Random(1);
        var large = random.ints(20_000, 'a', 'z').mapToObj(Character::toString).collect(Collectors.joining());

        assertRefused(mode, parent.insert("{\"id\":2,\"txt\":\"" + large + "\"}"), "54000");
        assertRefused(mode, child.insert("{\"id\":2}"), "U0001");
    }

    private static void assertRefused(ApplyMode mode, Change refused, String sqlState) {
        assertThatThrownBy(() -> applyModestly(mode, List.of(refused)))
                .isInstanceOfSatisfying(ApplyException.class, e -> {
                    assertThat(e.sqlState()).isEqualTo(sqlState);
                    assertThat(e.eventId()).isEqualTo(refused.eventId());
                });
    }

    private static long count(String table) {
        return database.<Long>value("select count(*) from " + table);
    }

    private static void familyAndFiller() {
        database.execute("create table parent (id int primary key); create table filler (id int primary key);"
                + " create table child (id int primary key, p int references parent);"
                + " insert into parent values (1); insert into child values (10, 1)");
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
