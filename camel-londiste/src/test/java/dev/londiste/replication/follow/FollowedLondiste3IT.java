package dev.londiste.replication.follow;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Beside a schema of Londiste 3, which has the name of ours. */
class FollowedLondiste3IT extends FollowedProviderSuite {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.create(database -> {
        database.install("pgq");
        database.execute(
                "create schema londiste; create table londiste.table_info (nr serial primary key, queue_name text not null,"
                        + " table_name text not null, local bool not null default true, merge_state text, custom_snapshot text,"
                        + " dropped_ddl text, table_attrs text, dest_table text);"
                        + " create table londiste.seq_info (nr serial primary key, queue_name text, seq_name text, last_value bigint);"
                        + " create function londiste.version() returns text language sql as $$select '3.8'$$;"
                        + " create function londiste.find_table_oid(i_name text) returns oid language sql as $$select i_name::regclass::oid$$");
    });

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @Override
    TestDatabase provider() {
        return provider;
    }

    @Override
    TestDatabase subscriber() {
        return subscriber;
    }
}
