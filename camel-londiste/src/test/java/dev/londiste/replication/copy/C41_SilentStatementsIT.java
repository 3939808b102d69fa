package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** Statements that say nothing for long are no dead peers, whatever socketTimeout the DataSource has. */
@Timeout(120)
class C41_SilentStatementsIT {

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private static PGSimpleDataSource impatient(TestDatabase database) {
        var source = (PGSimpleDataSource) database.dataSource();
        source.setSocketTimeout(1);
        return source;
    }

    @Test
    void copyThatBuildsItsIndexForLongerThanTheSocketTimeoutSucceeds() {
        var shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key)").onProvider("insert into $s.t values (1)");
        shop.onSubscriber("create function $s.slow(int) returns int language plpgsql immutable as"
                + " 'begin perform pg_sleep(3); return $1; end'; create index on $s.t ($s.slow(id))");
        shop.add("t");
        int registered = (int) shop.registration("t").get("copy_attempt");
        try (var replay =
                new ReplayLoop(impatient(provider), impatient(subscriber), shop.queue(), shop.job()).start()) {
            shop.awaitSync();
            assertThat(shop.isEqual("t")).isTrue();
            assertThat(shop.registration("t")).containsEntry("copy_attempt", registered + 1);
            assertThat(replay.copies().errors()).isEmpty();
        }
    }
}
