package dev.londiste.replication.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.ProviderScripts;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random schemas and random transactions, replicated whole: copied while they are written to, followed, changed by scripts,
 * copied again. Both sides end equal. A failure names its seed; {@code -Dlondiste.seed=<seed>} runs that one alone.
 */
class RandomReplicationIT {

    private static final Duration IN_VERIFY = Duration.ofMinutes(1);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

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
        var tables = IntStream.range(0, 2 + random.nextInt(3))
                .mapToObj(i -> new RandomTable("t" + i, random))
                .toList();
        var shop = new Shop(provider, subscriber).create();
        var told = "seed " + seed + " of " + tables;
        try (var replay = shop.replay().start()) {
            new RandomLife(shop, replay, tables, random).live();
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

    /** What happens to the tables of one seed. */
    private record RandomLife(Shop shop, ReplayLoop replay, List<RandomTable> tables, Random random) {

        void live() throws SQLException {
            var subscriberAdmin = new Subscriber(replay.job());
            for (var table : tables) {
                shop.onProvider(table.ddl(true)).onSubscriber(table.ddl(false)).addToProvider(table.name());
                write(3);
                subscriberAdmin.add(pattern(table), new AddOptions(false, false, false, null, table.attributes()));
            }
            for (int chapter = 0; chapter < 4; chapter++) {
                write(12);
                if (random.nextInt(3) == 0) {
                    shop.awaitSync();
                }
                if (random.nextInt(3) == 0) {
                    grow(chapter);
                }
                if (random.nextInt(4) == 0) {
                    subscriberAdmin.resync(pattern(any()));
                }
            }
            write(5);
            shop.awaitSync();
        }

        private RandomTable any() {
            return tables.get(random.nextInt(tables.size()));
        }

        private TablePatterns pattern(RandomTable table) {
            return TablePatterns.of(shop.table(table.name()));
        }

        private void grow(int chapter) {
            var scripts = new ProviderScripts(provider.dataSource(), shop.queue(), Duration.ofSeconds(10));
            scripts.execute("chapter " + chapter, shop.sql(any().grow(chapter, random)), false);
        }

        private void write(int transactions) throws SQLException {
            try (var connection = provider.connect()) {
                connection.setAutoCommit(false);
                for (int i = random.nextInt(transactions); i >= 0; i--) {
                    for (int j = random.nextInt(8); j >= 0; j--) {
                        tryOne(connection, shop.sql(any().statement(random)));
                    }
                    if (random.nextInt(8) == 0) {
                        connection.rollback();
                    }
                    connection.commit();
                }
            } finally {
                shop.forceTick();
            }
        }

        /** Tables that are not there yet, and unique values that are: as in life. */
        private static void tryOne(Connection connection, String sql) throws SQLException {
            var savepoint = connection.setSavepoint();
            try (var statement = connection.createStatement()) {
                statement.execute(sql);
                connection.releaseSavepoint(savepoint);
            } catch (SQLException e) {
                if (!e.getSQLState().startsWith("23") && !e.getSQLState().equals("42P01")) {
                    throw e;
                }
                connection.rollback(savepoint);
            }
        }
    }
}
