package dev.londiste.replication.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class UninstallIT {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    @Test
    void everythingGoesAfterWhatDependsOnItWasNamed() {
        var shop = new Shop(provider, subscriber).create();
        shop.onBoth("create table $s.t (id int primary key, parent int constraint up references $s.t)")
                .onSubscriber("create function $s.f() returns trigger language plpgsql as 'begin return new; end';"
                        + " create trigger mine before insert on $s.t for each row execute function $s.f()")
                .add("t");
        subscriber.rows("select londiste.subscriber_drop_table_fkey(?, 'up')", shop.table("t"));
        subscriber.rows("select londiste.deny_writes(?, true)", shop.table("t"));
        provider.rows("select pgq.register_consumer(?, 'reader')", shop.queue());
        shop.onProvider("create view $s.depends as select * from pgq.queue");

        var fromProvider = Uninstallation.ofProvider(provider.dataSource(), LOCK_TIMEOUT);
        var fromSubscriber = Uninstallation.ofSubscriber(subscriber.dataSource(), LOCK_TIMEOUT);
        assertThatThrownBy(() -> fromProvider.run(false))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD009"))
                .hasMessageContaining("captured table " + shop.table("t"))
                .hasMessageContaining("consumer reader")
                .hasMessageContaining("depends");
        assertThatThrownBy(() -> fromSubscriber.run(false))
                .hasMessageContaining("replicated table " + shop.table("t"))
                .hasMessageContaining("pending trigger mine")
                .hasMessageContaining("pending foreign key up");
        assertThat(fromProvider.dryRun())
                .extracting(row -> row.get("kind"))
                .contains("captured table", "consumer", "object");

        assertThat(fromProvider.run(true)).extracting(row -> row.get("changed")).containsExactly(true);
        assertThat(fromSubscriber.run(true))
                .extracting(row -> row.get("changed"))
                .containsExactly(true);
        for (var database : new TestDatabase[] {provider, subscriber}) {
            assertThat(database.rows("select from pg_namespace where nspname ~ '^(pgq|londiste)'"))
                    .isEmpty();
        }
        shop.onBoth("insert into $s.t values (1, 1)");
        assertThat(provider.rows("select from pg_trigger where not tgisinternal"))
                .isEmpty();
        assertThat(subscriber.rows("select from pg_trigger where tgname = 'mine'"))
                .hasSize(1);
        assertThat(subscriber.rows("select from pg_constraint where conname = 'up' and convalidated"))
                .hasSize(1);
        assertThat(fromProvider.run(false))
                .extracting(row -> row.get("changed"))
                .containsExactly(false);
        assertThat(fromProvider.dryRun()).isEmpty();
    }
}
