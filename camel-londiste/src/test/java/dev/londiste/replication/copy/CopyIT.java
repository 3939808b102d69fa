package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.sync.OpenTransaction;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class CopyIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, name text)")
                .onProvider("insert into $s.t select i, 'x' from generate_series(1, 100) i")
                .add("t");
    }

    @Test
    void C22_tableWithoutCaptureTriggersIsNotCopied() {
        shop.onProvider("select londiste.drop_capture(p) from londiste.provider_table p where queue_name = '"
                + shop.queue() + "'");
        staysInCopyBecause("trigger missing");
    }

    @Test
    void C22_tableWhoseTruncateIsNotCapturedIsNotCopied() {
        shop.onProvider("do $do$ declare n name := (select tgname from pg_trigger where tgrelid = '$s.t'::regclass"
                + " and tgtype & 32 = 32); begin execute format('drop trigger %I on $s.t', n); end $do$");
        staysInCopyBecause("does not capture TRUNCATE");
    }

    @Test
    void C22_tableThatAnotherQueueCapturesIsNotCopied() {
        provider.rows("select pgq.create_queue('elsewhere')");
        shop.onProvider("select londiste.drop_capture(p) from londiste.provider_table p where queue_name = '"
                        + shop.queue() + "'")
                .onProvider("create trigger elsewhere after insert or update or delete on $s.t"
                        + " for each row execute function pgq.logutriga('elsewhere')");
        staysInCopyBecause("trigger missing");
    }

    @Test
    void C22_tableWithADisabledCaptureTriggerIsNotCopied() {
        shop.onProvider(
                "do $do$ declare n name := (select tgname from pg_trigger where tgrelid = '$s.t'::regclass"
                        + " and tgtype & 1 = 1 limit 1); begin execute format('alter table $s.t disable trigger %I', n); end $do$");
        staysInCopyBecause("trigger disabled");
    }

    private void staysInCopyBecause(String reason) {
        try (var replay = shop.replay().start()) {
            Shop.await().until(() -> replay.copies().errors().values().stream().anyMatch(e -> e.contains(reason)));
            assertThat(shop.state("t")).isEqualTo("in-copy");
        }
        assertThat(shop.content(subscriber, "t")).isEmpty();
    }

    @Test
    void C22_copySeesWhatATruncateThatItWaitedForHasLeft() throws Exception {
        try (var writer = provider.connect();
                var replay = shop.replay()) {
            execute(writer, "begin; truncate $s.t; insert into $s.t values (1, 'after the truncate')");
            replay.start();
            // Had the copy taken its snapshot before the table's lock, it would find the table empty.
            awaitWaiterFor(provider, "t");
            execute(writer, "commit");
            shop.awaitSync();
            assertThat(shop.content(subscriber, "t")).hasSize(1);
        }
    }

    @Test
    void C22_copyConsumerIsRegisteredBeforeTheSnapshot() throws Exception {
        try (var writer = provider.connect();
                var replay = shop.replay()) {
            execute(writer, "begin; lock table $s.t in access exclusive mode");
            replay.start();
            awaitWaiterFor(provider, "t");
            assertThat(provider.rows(
                            "select from pgq.get_consumer_info(?) where consumer_name like ?",
                            shop.queue(),
                            shop.job() + "_copy_%"))
                    .hasSize(1);
            execute(writer, "commit");
            shop.awaitSync();
        }
    }

    @Test
    void C34_rowSecurityIsAnErrorAndNotAFilter() {
        provider.execute(shop.sql("""
                create role $s_reader login password 'x';
                grant usage on schema $s to $s_reader;
                grant select on $s.t to $s_reader;
                alter table $s.t enable row level security;
                create policy few on $s.t for select to $s_reader using (id < 10)
                """));
        var reader = provider.dataSource(shop.sql("$s_reader"), "x");
        try (var transaction = OpenTransaction.repeatableRead(reader, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> transaction.session().query(shop.sql("select * from $s.t"), row -> true))
                    .isInstanceOfSatisfying(
                            PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("42501"));
        } finally {
            provider.execute(shop.sql("drop owned by $s_reader; drop role $s_reader"));
        }
    }

    @Test
    void C34_copyStopsWhereAPolicyHidesRowsOfTheProvider() {
        stopsWhileAPolicyHidesRows(
                provider,
                role -> new ReplayLoop(
                        provider.dataSource(role, "x"), subscriber.dataSource(), shop.queue(), shop.job()));
    }

    @Test
    void C34_copyStopsWhereAPolicyHidesRowsOfTheSubscriber() {
        stopsWhileAPolicyHidesRows(
                subscriber,
                role -> new ReplayLoop(
                        provider.dataSource(), subscriber.dataSource(role, "x"), shop.queue(), shop.job()));
    }

    private void stopsWhileAPolicyHidesRows(TestDatabase side, Function<String, ReplayLoop> replayAs) {
        side.execute(shop.sql("""
                create role $s_owner login password 'x';
                grant usage, create on schema $s, londiste, pgq, pgq_client to $s_owner;
                grant all on all tables in schema londiste, pgq, pgq_client to $s_owner;
                grant all on all sequences in schema londiste, pgq, pgq_client to $s_owner;
                grant all on all functions in schema londiste, pgq, pgq_client to $s_owner;
                alter table $s.t owner to $s_owner;
                alter table $s.t enable row level security, force row level security;
                create policy few on $s.t using (id < 10)
                """));
        try (var replay = replayAs.apply(shop.sql("$s_owner")).start()) {
            Shop.await()
                    .until(() -> replay.copies().errors().values().stream()
                            .anyMatch(e -> e.contains("row-level security policy for table \"t\"")));
            assertThat(shop.state("t")).isEqualTo("in-copy");
            assertThat(shop.content(subscriber, "t")).isEmpty();
            side.execute(shop.sql("alter table $s.t no force row level security"));
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(shop.content(subscriber, "t")).hasSize(100);
        } finally {
            side.execute(shop.sql("alter table $s.t owner to postgres; drop owned by $s_owner; drop role $s_owner"));
        }
    }

    @Test
    void columnsThatTheSubscriberLacksStopTheCopyInOneSentence() {
        shop.onProvider("alter table $s.t add column extra int");
        staysInCopyBecause("lacks columns of the provider: extra");
    }

    @Test
    void indexesAndConstraintsAreAsTheyWere() {
        shop.onSubscriber("create index \"I x\" on $s.t (lower(name)) where id > 5;"
                + " alter table $s.t add constraint positive check (id > 0), add unique (name, id) deferrable");
        var before = definitions();
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.lastError()).isNull();
        }
        assertThat(definitions()).isEqualTo(before);
        assertThat(shop.content(subscriber, "t")).hasSize(100);
    }

    private Object definitions() {
        return subscriber.rows(shop.sql("""
                select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = '$s.t'::regclass
                union all
                select pg_get_constraintdef(oid) from pg_constraint where conrelid = '$s.t'::regclass
                order by 1
                """));
    }

    @Test
    void rowsOfAllKindsOfTypesArriveAsTheyAre() {
        shop.onBoth("""
                        create type $s.mood as enum ('sad', 'happy');
                        create table $s.kinds (
                            id int generated always as identity primary key, "Mixed Case" text, n numeric, ts timestamptz,
                            j jsonb, a int[], b bytea, m $s.mood, twice int generated always as (id * 2) stored)
                        """).onProvider("""
                        insert into $s.kinds ("Mixed Case", n, ts, j, a, b, m) values
                            (E'tab\\there\\nline', 'NaN', 'infinity', 'null', '[0:1]={1,2}', '\\x00ff', 'happy'),
                            (null, 1.00, '0044-03-15 12:00:00 BC', '{"a": [1, 2.50]}', '{}', '', null)
                        """).add("kinds");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("kinds")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void typesThatDifferAreCopiedAsText() {
        shop.onProvider("create table $s.differs (id int primary key, v int)")
                .onSubscriber("create table $s.differs (v text, id bigint primary key, more text default 'm')")
                .onProvider("insert into $s.differs select i, i from generate_series(1, 10) i")
                .add("differs");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(subscriber.rows(shop.sql("select from $s.differs where v = id::text and more = 'm'")))
                    .hasSize(10);
            assertThat(replay.lastError()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"oid,text", "regtype,text", "regclass[],text", "int,binary"})
    void C33_whatHoldsOidsIsCopiedAsText(String type, String format) {
        // The same type has another oid on each side.
        shop.onBoth("create table $s.held (id int primary key, v " + type + "); create domain $s.mine as int")
                .add("held");
        if (type.equals("regtype")) {
            shop.onProvider("insert into $s.held values (1, '$s.mine')");
        }
        var table =
                new SubscriberTable(1, shop.table("held"), shop.table("held"), TableState.NEW, null, 0, false, null);
        CopyColumns columns = new Jdbc(provider.dataSource())
                .inTransaction(there -> new Jdbc(subscriber.dataSource())
                        .inTransaction(here -> CopyColumns.match(there, here, table, Facts.NONE)));
        assertThat(columns.format()).isEqualTo(format);
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.copies().errors()).isEmpty();
        }
        assertThat(shop.isEqual("held")).isTrue();
    }

    @Test
    void partitionedTableIsCopiedAsItsRoot() {
        shop.onBoth("create table $s.p (id int primary key, v text) partition by range (id);"
                        + " create table $s.p1 partition of $s.p for values from (0) to (50);"
                        + " create table $s.p2 partition of $s.p for values from (50) to (1000)")
                .onProvider("insert into $s.p select i, 'x' from generate_series(1, 100) i")
                .add("p");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            shop.onProvider("update $s.p set v = 'y' where id % 2 = 0");
            shop.awaitSync();
            assertThat(shop.isEqual("p")).isTrue();
            assertThat(replay.lastError()).isNull();
        }
    }

    @Test
    void skipTruncateKeepsTheRowsThatAreThere() {
        shop.onSubscriber(
                "insert into $s.t values (1000, 'mine'); update londiste.subscriber_table set skip_truncate = true");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(shop.content(subscriber, "t")).hasSize(101);
            assertThat(replay.lastError()).isNull();
        }
    }

    private void awaitWaiterFor(TestDatabase database, String table) {
        Shop.await()
                .until(() -> !database.rows(
                                "select from pg_locks where not granted and relation = ?::regclass", shop.table(table))
                        .isEmpty());
    }

    private void execute(Connection connection, String sql) throws Exception {
        try (var statement = connection.createStatement()) {
            statement.execute(shop.sql(sql));
        }
    }
}
