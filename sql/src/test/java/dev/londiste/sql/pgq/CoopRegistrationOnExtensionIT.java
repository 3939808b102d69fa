package dev.londiste.sql.pgq;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The C extension registers consumers, and locks more of them than our SQL does. */
class CoopRegistrationOnExtensionIT extends CoopRegistrationSuite {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgqExtension();

    @Override
    protected TestDatabase database() {
        return database;
    }
}
