package dev.londiste.replication.follow;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The triggers of the C extension pgq 3.5, where its packages are installed. */
class FollowedExtensionIT extends FollowedProviderSuite {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withPgqExtension();

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
