package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class C08_KeysIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none       | create table %s (id int)                                                              |      | LD002",
                "partial    | create table %s (id int not null); create unique index on %s (id) where id > 0       | {id} | LD002",
                "nullable   | create table %s (id int unique)                                                       | {id} | LD002",
                "deferred   | create table %s (id int not null unique deferrable)                                   | {id} | LD002",
                "expression | create table %s (id int not null); create unique index on %s (abs(id))                | {id} | LD002",
                "wider      | create table %s (id int not null, b int not null, unique (id, b))                     | {id} | LD002",
                "narrower   | create table %s (id int not null unique, b int not null)                              | {id,b} | LD002",
                "comma      | create table %s (\"a,b\" int primary key)                                             |      | LD009",
                "temporary  | select 1                                                                              |      | LD001",
            })
    void aTableWithoutAUsableKeyIsRefused(String table, String create, String key, String sqlState) {
        database.execute(create.replace("%s", table));

        Captured.assertSqlState(
                sqlState,
                () -> database.rows("select londiste.provider_add_table('q', ?, ?::text[], 'row', false)", table, key));
        assertThat(database.rows("select * from londiste.provider_table where table_name = 'public.' || ?", table))
                .isEmpty();
    }

    @Test
    void aNamedKeyOfAUniqueIndexServes() {
        database.execute("create table named (a int not null, b int not null, v int, unique (b, a) include (v))");
        database.execute("select londiste.provider_add_table('q', 'named', '{a,b}', 'row', false)");

        var events = captured.eventsOf("public.named", "insert into named values (1, 2, 3); update named set a = 5");

        assertThat(events.get(1))
                .containsEntry("ev_type", "U:b,a")
                .containsEntry("ev_extra2", "{\"b\" : 2, \"a\" : 1}");
    }

    @Test
    void namesWithADotAreRefused() {
        database.execute(
                "create table \"dotted.name\" (id int primary key); create schema \"dot.ted\"; create table \"dot.ted\".t (id int primary key)");

        Captured.assertSqlState("LD009", () -> captured.add("public.dotted.name"));
        Captured.assertSqlState("LD001", () -> captured.add("dotted.name"));
        Captured.assertSqlState("LD009", () -> captured.add("dot.ted.t"));
    }

    @Test
    void temporaryAndSystemTablesAreRefused() {
        Captured.assertSqlState(
                "LD009",
                () -> database.execute(
                        "create temp table scratch (id int primary key); "
                                + "select londiste.provider_add_table('q', (select nspname || '.scratch' from pg_namespace where oid = pg_my_temp_schema()))"));
        Captured.assertSqlState("LD009", () -> captured.add("pgq.queue"));
        Captured.assertSqlState("LD009", () -> captured.add("londiste.completed"));
    }

    @Test
    void unloggedTablesAreCaptured() {
        database.execute("create unlogged table fast (id int primary key)");
        captured.add("fast")
                .assertChanges("public.fast", "insert into fast values (1)")
                .hasSize(1);
    }

    @Test
    void aQueueThatIsNotThereIsSaid() {
        database.execute("create table lonely (id int primary key)");

        Captured.assertSqlState(
                "PQ001", () -> database.execute("select londiste.provider_add_table('nowhere', 'lonely')"));
    }

    @Test
    void addingAgainChangesNothing() {
        database.execute("create table twice (id int primary key)");
        assertThat(database.<Integer>value("select londiste.provider_add_table('q', 'twice')"))
                .isEqualTo(1);
        assertThat(database.<Integer>value("select londiste.provider_add_table('q', 'public.twice')"))
                .isZero();

        captured.assertChanges("public.twice", "insert into twice values (1)").hasSize(1);
    }
}
