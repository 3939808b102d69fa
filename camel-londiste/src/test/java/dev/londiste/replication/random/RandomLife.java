package dev.londiste.replication.random;

import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.ProviderScripts;
import dev.londiste.replication.admin.Subscriber;
import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.copy.CopyOptions;
import dev.londiste.replication.testing.ReplayLoop;
import dev.londiste.replication.testing.Shop;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/** What happens to the tables of one seed, and who replicates them. Not thread-safe. */
final class RandomLife implements AutoCloseable {

    private final Shop shop;
    private final DataSource subscriber;
    private final List<RandomTable> tables;
    private final Random random;
    private final RandomWriters writers;
    private ReplayLoop replay;

    RandomLife(Shop shop, DataSource subscriber, List<RandomTable> tables, Random random) {
        this.shop = shop;
        this.subscriber = subscriber;
        this.tables = tables;
        this.random = random;
        this.writers = new RandomWriters(shop, tables, random);
        start();
    }

    private void start() {
        // Small enough that some tables are copied in ranges.
        var options = new CopyOptions(2, 2, random.nextBoolean() ? 1 << 12 : 1 << 24, 0);
        replay = new ReplayLoop(shop.provider().dataSource(), subscriber, shop.queue(), shop.job(), options).start();
    }

    void live() throws SQLException {
        var admin = new Subscriber(replay.job());
        for (var table : tables) {
            boolean referenced = tables.stream().anyMatch(RandomTable::hasParent);
            shop.onProvider(table.ddl(true)).onSubscriber("set role replicator; " + table.ddl(false));
            shop.provider().rows(table.addToProvider(random, referenced), shop.queue(), shop.table(table.name()));
            writers.write(3);
            admin.add(pattern(table), new AddOptions(false, false, false, null, table.attributes()));
        }
        for (int chapter = 0; chapter < 4; chapter++) {
            writers.write(12);
            if (random.nextInt(3) == 0) {
                shop.awaitSync();
            }
            if (random.nextInt(3) == 0) {
                change(chapter);
            }
            if (random.nextInt(4) == 0) {
                admin.resync(pattern(any()));
            }
            if (random.nextInt(3) == 0) {
                replay.close();
                start();
            }
        }
        writers.write(5);
        shop.awaitSync();
    }

    /** Why it did not come to its end. */
    RuntimeException lastError() {
        return replay.lastError();
    }

    private RandomTable any() {
        return tables.get(random.nextInt(tables.size()));
    }

    private TablePatterns pattern(RandomTable table) {
        return TablePatterns.of(shop.table(table.name()));
    }

    private void change(int chapter) {
        // Copies hold locks.
        var scripts = new ProviderScripts(shop.provider().dataSource(), shop.queue(), Duration.ofSeconds(60));
        scripts.execute("chapter " + chapter, shop.sql(any().change(chapter, random)), false);
    }

    @Override
    public void close() {
        replay.close();
    }
}
