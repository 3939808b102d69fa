package dev.londiste.sql.londiste;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class C42_ForeignSchemaIT {

    @RegisterExtension
    static final TestDatabase londiste3 = TestDatabase.create(
            database -> database.execute(
                    "create schema londiste; create table londiste.table_info (nr serial, queue_name text, table_name text); create table londiste.seq_info (nr serial)"));

    @RegisterExtension
    static final TestDatabase skytools2 = TestDatabase.create(database -> database.execute("""
            create schema londiste;
            create table londiste.provider_table (nr serial, queue_name text not null, table_name text not null, trigger_name text, primary key (queue_name, table_name));
            create table londiste.completed (consumer_id text not null, last_tick_id bigint not null, primary key (consumer_id));
            create table londiste.subscriber_pending_fkeys (from_table text not null, to_table text not null, fkey_name text not null, fkey_def text not null, primary key (fkey_name));
            create function londiste.provider_add_table(i_queue_name text, i_table_name text) returns text language sql as 'select null::text';
            insert into londiste.completed values ('job', 42);
            insert into londiste.provider_table values (7, 'q', 'public.t', 'q_logger');
            """));

    @Test
    void aSchemaOfLondiste3IsLeftAlone() {
        Captured.assertSqlState("LD010", () -> londiste3.install("londiste"));

        assertThat(
                        londiste3.<Long>value(
                                "select count(*) from pg_class where relnamespace = 'londiste'::regnamespace and relkind = 'r'"))
                .isEqualTo(2L);
        assertThat(londiste3.<Long>value("select count(*) from pg_proc where pronamespace = 'londiste'::regnamespace"))
                .isZero();
    }

    @Test
    void aSchemaOfLondiste2IsUpgradedAndKeepsItsPosition() {
        skytools2.install("pgq");
        skytools2.install("londiste");
        skytools2.install("londiste");

        assertThat(skytools2.<Long>value("select londiste.get_last_tick('job')"))
                .isEqualTo(42L);
        assertThat(skytools2.rows("select table_name from londiste.provider_get_table_list('q')"))
                .hasSize(1);
        assertThat(
                        skytools2.<Long>value(
                                "select count(*) from pg_constraint where conrelid = 'londiste.subscriber_pending_fkeys'::regclass and contype = 'p' and cardinality(conkey) = 2"))
                .isEqualTo(1L);
    }
}
