package dev.londiste.sql.pgq;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on our SQL. */
class PgqContractIT extends PgqContractSuite {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Override
    protected TestDatabase database() {
        return database;
    }
}
