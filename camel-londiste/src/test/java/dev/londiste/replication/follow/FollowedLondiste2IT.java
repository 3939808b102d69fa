package dev.londiste.replication.follow;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Beside a schema of SkyTools 2, which has the names of our tables and functions. */
class FollowedLondiste2IT extends FollowedProviderSuite {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.create(database -> {
        database.install("pgq");
        database.execute(
                "create schema londiste; create table londiste.provider_table (nr serial not null, queue_name text not null,"
                        + " table_name text not null, trigger_name text, primary key (queue_name, table_name));"
                        + " create table londiste.provider_seq (nr serial not null, queue_name text, seq_name text);"
                        + " create function londiste.version() returns text language sql as $$select '2.1.12'$$;"
                        + " create function londiste.provider_get_table_list(i_queue text) returns setof text language sql as $$select ''$$");
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
