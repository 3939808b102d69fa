package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CoopRegistrationIT extends CoopRegistrationSuite {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Override
    protected TestDatabase database() {
        return database;
    }

    @Test
    void consumerIsUnregisteredWhileAWorkerTakesABatch() throws Exception {
        requireOneDirectionOnly("unregistered", "select pgq.unregister_consumer('unregistered', 'c')");
        assertThat(database.rows("select from pgq.get_consumer_info('unregistered')"))
                .isEmpty();
    }
}
