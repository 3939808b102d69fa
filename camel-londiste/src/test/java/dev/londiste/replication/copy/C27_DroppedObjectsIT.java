package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a copy puts aside comes back as it was, to the last mark of the catalog, through whole copies: loaded at once, in
 * ranges, and after the server process that carried it died in the middle.
 */
@Timeout(180)
class C27_DroppedObjectsIT {

    private static final CopyOptions IN_RANGES = new CopyOptions(2, 2, 16 << 10, 0);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private Shop shop;
    private List<Map<String, Object>> before;

    @BeforeEach
    void setUp() {
        shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int constraint \"Key of t\" primary key, code int not null, note text,"
                        + " parent int, span int4range)")
                .onProvider("insert into $s.t select i, i, repeat('x', 20), (i - 1) / 2 + 1, int4range(i, i + 1)"
                        + " from generate_series(1, 3000) i")
                .onSubscriber("""
                        alter table $s.t add constraint "code twice" unique (code, id) deferrable initially deferred,
                            add constraint apart exclude using gist (span with &&) where (id > 10),
                            add constraint positive check (id > 0);
                        comment on constraint "code twice" on $s.t is 'it''s unique';
                        comment on constraint apart on $s.t is 'no overlap';
                        comment on constraint "Key of t" on $s.t is 'the key';
                        comment on index $s."Key of t" is 'the key''s index';
                        create unique index identity on $s.t (code) include (note) with (fillfactor = 71);
                        create index "Partial One" on $s.t (lower(note) collate "C" desc nulls last) where parent > 5;
                        comment on index $s."Partial One" is '% of "rows"';
                        create index counted on $s.t ((code + parent), id);
                        alter index $s.counted alter column 1 set statistics 77;
                        create index hashed on $s.t using hash (note);
                        alter table $s.t replica identity using index identity;
                        alter table $s.t cluster on identity;
                        alter table $s.t alter code set statistics 55;
                        create statistics $s.both_columns on code, parent from $s.t;
                        create view $s.grouped as select id, code, count(*) from $s.t group by id;

                        create function $s.touch() returns trigger language plpgsql as 'begin return null; end';
                        create trigger "An Origin" after update of note on $s.t for each row when (new.id > 1)
                            execute function $s.touch('a', 'b''c');
                        create trigger always after insert or delete on $s.t execute function $s.touch();
                        create trigger in_replica after truncate on $s.t execute function $s.touch();
                        create trigger switched_off after insert on $s.t referencing new table as fresh execute function $s.touch();
                        create constraint trigger later after insert on $s.t deferrable initially deferred for each row
                            execute function $s.touch();
                        alter table $s.t enable always trigger always, enable replica trigger in_replica,
                            disable trigger switched_off;
                        comment on trigger always on $s.t is 'whatever role';
                        select londiste.deny_writes('$s.t', true);

                        create table $s.child (id int primary key, t int);
                        create rule noted as on update to $s.t where old.id < 0 do also delete from $s.child where t = 0;
                        alter table $s.t enable always rule noted;
                        alter table $s.t add constraint "to itself" foreign key (parent) references $s.t on delete set null
                            deferrable initially deferred;
                        alter table $s.child add constraint from_outside foreign key (t) references $s.t match full
                            on update cascade, add constraint unproven foreign key (id) references $s.t not valid;
                        comment on constraint from_outside on $s.child is 'from the outside'
                        """);
        before = catalog();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everythingComesBackAsItWas(boolean inRanges) {
        shop.add("t");
        try (var replay =
                shop.replay(inRanges ? IN_RANGES : CopyOptions.DEFAULT).start()) {
            awaitAllBack();
            assertThat(replay.copies().errors()).isEmpty();
            assertThat(replay.lastError()).isNull();
        }
        assertThat(shop.isEqual("t")).isTrue();
        assertThat(catalog()).containsExactlyElementsOf(before);
    }

    /** The first copy's server process dies with ranges loaded; the second one finds little to drop, and the rest listed. */
    @Test
    void everythingComesBackAfterACopyThatDied() {
        shop.add("t");
        try (var gate = new Gate(
                        subscriber,
                        "londiste.subscriber_copy_range",
                        "new.queue_name = '" + shop.queue() + "' and new.range_nr = 4");
                var replay = shop.replay(IN_RANGES).start()) {
            gate.awaitArrival();
            assertThat(subscriber.rows(
                            "select from londiste.subscriber_pending_indexes where table_name = ?", shop.table("t")))
                    .as("dropped for the load")
                    .isNotEmpty();
            gate.killWaiting();
            gate.open();
            awaitAllBack();
            assertThat(replay.copies().errors()).isEmpty();
        }
        assertThat(catalog()).containsExactlyElementsOf(before);
    }

    /** Keys that exclude rows, of PostgreSQL 18, are made as a whole: no index made before serves them. */
    @Test
    void keysWithoutOverlapsComeBack() {
        assumeTrue(
                subscriber.<String>value("show server_version_num").compareTo("180000") >= 0,
                "WITHOUT OVERLAPS needs PostgreSQL 18");
        shop.onProvider("create table $s.o (room int4range, during daterange, primary key (room, during))")
                .onProvider("insert into $s.o values ('[1,2)', '[2024-01-01,2024-02-01)')")
                .onSubscriber("create table $s.o (room int4range, during daterange,"
                        + " primary key (room, during without overlaps))")
                .add("o");
        try (var replay = shop.replay().start()) {
            shop.awaitSync();
            assertThat(replay.copies().errors()).isEmpty();
        }
        assertThat(shop.isEqual("o")).isTrue();
        assertThat(subscriber.<String>value(shop.sql("select pg_get_constraintdef(oid) from pg_constraint"
                        + " where conrelid = '$s.o'::regclass and contype = 'p'")))
                .isEqualTo("PRIMARY KEY (room, during WITHOUT OVERLAPS)");
    }

    private void awaitAllBack() {
        shop.awaitSync();
        Shop.await()
                .until(() -> subscriber
                        .rows(
                                "select from londiste.subscriber_pending_fkeys where ? in (from_table, to_table)",
                                shop.table("t"))
                        .isEmpty());
        // Triggers on request only.
        subscriber.rows("select londiste.subscriber_restore_all_table_triggers(?)", shop.table("t"));
    }

    /** What the subscriber's catalog says of the table, its own and what refers to it. */
    private List<Map<String, Object>> catalog() {
        return subscriber.rows(shop.sql("""
                select 'index ' || i.indexrelid::regclass as object,
                       concat_ws(' | ', pg_get_indexdef(i.indexrelid), i.indisprimary, i.indisclustered, i.indisreplident,
                           i.indisvalid, i.indimmediate, obj_description(i.indexrelid, 'pg_class'),
                           (select string_agg(concat(attname, attstattarget), ',' order by attnum)
                              from pg_attribute where attrelid = i.indexrelid)) as definition
                  from pg_index i where i.indrelid = '$s.t'::regclass
                union all
                select 'constraint ' || conname,
                       concat_ws(' | ', conrelid::regclass, pg_get_constraintdef(oid), condeferrable, condeferred, convalidated,
                           conindid::regclass, obj_description(oid, 'pg_constraint'))
                  from pg_constraint where '$s.t'::regclass in (conrelid, confrelid)
                union all
                select 'trigger ' || tgname,
                       concat_ws(' | ', pg_get_triggerdef(oid), tgenabled, obj_description(oid, 'pg_trigger'))
                  from pg_trigger where tgrelid = '$s.t'::regclass and not tgisinternal
                union all
                select 'rule ' || rulename, pg_get_ruledef(oid) || ev_enabled::text
                  from pg_rewrite where ev_class = '$s.t'::regclass
                union all
                select 'column ' || attname, attstattarget::text
                  from pg_attribute where attrelid = '$s.t'::regclass and attnum > 0
                union all
                select 'table', concat_ws(' | ', relreplident, relhasindex, relhasrules, reloptions)
                  from pg_class where oid = '$s.t'::regclass
                union all
                select 'statistics', pg_get_statisticsobjdef(oid) from pg_statistic_ext where stxrelid = '$s.t'::regclass
                union all
                select 'view', pg_get_viewdef('$s.grouped'::regclass)
                order by 1
                """));
    }
}
