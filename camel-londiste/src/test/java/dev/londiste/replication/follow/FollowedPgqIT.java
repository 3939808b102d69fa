package dev.londiste.replication.follow;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The triggers of our own SQL, attached by hand; there is no schema londiste. */
class FollowedPgqIT extends FollowedProviderSuite {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.create(database -> database.install("pgq"));

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
