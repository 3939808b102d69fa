package dev.londiste.replication.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.SqlFiles;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random schemas and random transactions, replicated whole: copied while they are written to, followed, changed by scripts,
 * copied again, by a superuser or an ordinary role whose process is stopped now and then. Both sides end equal. A failure
 * names its seed; {@code -Dlondiste.seed=<seed>} runs that one alone.
 */
class RandomReplicationIT {

    private static final Duration IN_VERIFY = Duration.ofMinutes(1);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.create(database -> {
        SqlFiles.of("pgq").forEach(database::execute);
        SqlFiles.of("londiste").forEach(database::execute);
        database.execute(RandomType.DEFINITIONS);
    });

    /** Everything belongs to an ordinary role, in whose sessions texts have other meanings than usual. */
    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.create(database -> {
        if (database.rows("select from pg_roles where rolname = 'replicator'").isEmpty()) {
            database.execute("""
                    create role replicator login password 'x';
                    alter role replicator set array_nulls = off; alter role replicator set xmloption = document;
                    alter role replicator set intervalstyle = iso_8601; alter role replicator set bytea_output = escape;
                    alter role replicator set transform_null_equals = on;
                    alter role replicator set default_transaction_isolation = serializable;
                    """);
        }
        database.execute("grant create on database " + database.name() + " to replicator");
        for (var schema : List.of("pgq", "londiste")) {
            SqlFiles.of(schema).forEach(sql -> database.execute("set role replicator; " + sql));
        }
        database.execute(RandomType.DEFINITIONS);
    });

    @AfterAll
    static void dropRole() {
        subscriber.execute("drop owned by replicator cascade; drop role replicator");
    }

    @Test
    @Timeout(600)
    void bothSidesEndEqual() throws Exception {
        var only = Long.getLong("londiste.seed");
        if (only != null) {
            run(only);
        } else {
            runFor(IN_VERIFY, 1);
        }
    }

    /** Hours: {@code -Psoak -Dlondiste.soak.minutes=240}. */
    @Test
    @Tag("soak")
    void bothSidesEndEqualForLong() throws Exception {
        runFor(Duration.ofMinutes(Long.getLong("londiste.soak.minutes", 60)), System.nanoTime());
    }

    private static void runFor(Duration time, long firstSeed) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        long seed = firstSeed;
        do {
            run(seed++);
        } while (System.nanoTime() < end);
    }

    private static void run(long seed) throws Exception {
        var random = new Random(seed);
        var tables = new ArrayList<RandomTable>();
        for (int i = 2 + random.nextInt(3); i > 0; i--) {
            var before = tables.isEmpty() ? null : tables.get(random.nextInt(tables.size()));
            tables.add(new RandomTable("t" + tables.size(), random, before));
        }
        var shop = new Shop(provider, subscriber).create().onSubscriber("grant all on schema $s to replicator");
        boolean modest = random.nextBoolean();
        var told = "seed " + seed + (modest ? " as an ordinary role" : "") + " of " + tables;
        var source = modest ? subscriber.dataSource("replicator", "x") : subscriber.dataSource();
        try (var life = new RandomLife(shop, source, tables, random)) {
            try {
                life.live();
            } catch (ConditionTimeoutException e) {
                throw new AssertionError(told, life.lastError());
            }
            for (var table : tables) {
                assertThat(rows(subscriber, shop.sql(table.query(false))))
                        .as("%s: %s", told, table.name())
                        .isEqualTo(rows(provider, shop.sql(table.query(true))));
            }
        } catch (RuntimeException | SQLException e) {
            throw new AssertionError(told, e);
        }
        shop.onBoth("drop schema $s cascade");
    }

    private static List<Object> rows(TestDatabase database, String query) {
        return database.rows(query).stream().map(row -> row.get("row")).toList();
    }
}
