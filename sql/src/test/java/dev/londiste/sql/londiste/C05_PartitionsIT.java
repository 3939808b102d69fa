package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C05_PartitionsIT {

    @RegisterExtension
    static final TestDatabase database = Captured.provider();

    private final Captured captured = new Captured(database);

    @BeforeEach
    void createPartitionedTable() {
        database.execute("""
                drop table if exists parts, old_part;
                delete from londiste.provider_table;
                create table parts (id int, at date, j jsonb, primary key (id, at)) partition by range (at);
                create table parts_1 partition of parts for values from ('2026-01-01') to ('2026-02-01');
                create table parts_2 partition of parts for values from ('2026-02-01') to ('2026-03-01') partition by list (id);
                create table parts_2_1 partition of parts_2 for values in (1);
                create table parts_2_2 partition of parts_2 for values in (2);
                """);
        captured.add("parts");
    }

    @Test
    void aLeafIsRefused() {
        Captured.assertSqlState("LD009", () -> captured.add("parts_1"));
        Captured.assertSqlState("LD009", () -> captured.add("parts_2"));
    }

    @Test
    void rowsAreCapturedUnderTheNameOfTheRoot() {
        captured.assertChanges(
                        "public.parts",
                        "insert into parts values (1, '2026-01-05'); insert into parts_2 values (2, '2026-02-05', 'null')")
                .containsExactly(
                        "I:id,at {\"id\":1,\"at\":\"2026-01-05\",\"j\":null}",
                        "I:id,at {\"id\":2,\"at\":\"2026-02-05\",\"j\":null}");
    }

    @Test
    void aTruncatedLeafLosesItsRowsOnly() {
        database.execute("insert into parts values (1, '2026-01-05'), (1, '2026-02-05'), (2, '2026-02-06')");

        captured.assertChanges("public.parts", "truncate parts_1")
                .containsExactly("D:id,at {\"id\":1,\"at\":\"2026-01-05\",\"j\":null}");
        captured.assertChanges("public.parts", "truncate parts_2")
                .hasSize(2)
                .allMatch(change -> change.startsWith("D:"));
    }

    @Test
    void aTruncatedRootIsOneEvent() {
        database.execute("insert into parts values (1, '2026-01-05'), (1, '2026-02-05'), (2, '2026-02-06')");

        captured.assertChanges("public.parts", "truncate parts").containsExactly("R null");
        captured.assertChanges("public.parts", "insert into parts values (1, '2026-01-05'); truncate parts_1")
                .hasSize(2)
                .last()
                .asString()
                .startsWith("D:");
    }

    @Test
    void aPartitionMadeLaterIsCaptured() {
        database.execute("create table parts_3 partition of parts for values from ('2026-03-01') to ('2026-04-01')");

        captured.assertChanges(
                        "public.parts",
                        "set session_replication_role = replica; insert into parts values (9, '2026-03-01')")
                .hasSize(1);
        assertThat(problems()).contains("partition not captured");

        database.rows("select londiste.provider_refresh_trigger('q', 'parts')");
        assertThat(problems()).isEmpty();
        captured.assertChanges("public.parts", "truncate parts_3").hasSize(1);
    }

    @Test
    void whoOwnsTheTableMayAddPartitions() {
        database.execute("""
                drop role if exists parts_owner; create role parts_owner; grant all on schema public to parts_owner;
                alter table parts owner to parts_owner;
                select londiste.provider_refresh_trigger('q', 'parts');
                set role parts_owner;
                create table parts_3 partition of parts for values from ('2026-03-01') to ('2026-04-01');
                reset role;
                """);

        captured.assertChanges("public.parts", "insert into parts values (9, '2026-03-01')")
                .hasSize(1);
        database.execute("drop table parts; drop owned by parts_owner; drop role parts_owner");
    }

    @Test
    void attachDetachAndDropEmitTheRows() {
        database.execute(
                "create table old_part (id int not null, at date not null, j jsonb, primary key (id, at)); insert into old_part values (7, '2026-05-01', '1')");

        captured.assertChanges(
                        "public.parts",
                        "select londiste.provider_attach_partition('q', 'parts', 'old_part', $$for values from ('2026-05-01') to ('2026-06-01')$$)")
                .containsExactly("I:id,at {\"id\":7,\"at\":\"2026-05-01\",\"j\":1}");
        captured.assertChanges("public.parts", "update parts set j = '2' where id = 7")
                .hasSize(1);
        captured.assertChanges("public.parts", "select londiste.provider_detach_partition('q', 'parts', 'old_part')")
                .containsExactly("D:id,at {\"id\":7,\"at\":\"2026-05-01\",\"j\":2}");
        captured.assertChanges("public.parts", "insert into old_part values (8, '2026-05-02'); truncate old_part")
                .isEmpty();
        captured.assertChanges(
                        "public.parts",
                        "insert into parts values (1, '2026-01-05'); select londiste.provider_drop_partition('q', 'parts', 'parts_1')")
                .hasSize(2);
        assertThat(database.<Object>value("select to_regclass('parts_1')")).isNull();
        assertThat(problems()).isEmpty();
    }

    @Test
    void inheritanceChildrenAreTablesOfTheirOwn() {
        database.execute(
                "drop table if exists child, parent; create table parent (id int primary key); create table child (primary key (id)) inherits (parent)");
        captured.add("parent");

        captured.assertChanges("public.parent", "insert into child values (1); insert into parent values (2)")
                .containsExactly("I:id {\"id\":2}");
    }

    private static String problems() {
        return String.valueOf(database.<String>value(
                "select coalesce(string_agg(problem, ','), '') from londiste.provider_problems('q')"));
    }
}
