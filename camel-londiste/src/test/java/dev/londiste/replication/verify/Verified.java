package dev.londiste.replication.verify;

import dev.londiste.replication.admin.TablePatterns;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.testing.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/** COMPARE and REPAIR of a shop's job, as tests ask for them. */
final class Verified implements AutoCloseable {

    private final Shop shop;
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Job job;

    Verified(Shop shop) {
        this(shop, Duration.ofSeconds(30));
    }

    Verified(Shop shop, Duration lockTimeout) {
        this(shop, shop.provider().dataSource(), shop.subscriber().dataSource(), lockTimeout);
    }

    Verified(Shop shop, DataSource provider, DataSource subscriber, Duration lockTimeout) {
        this(shop, new Job(shop.job(), shop.queue(), shop.job(), provider, subscriber, lockTimeout));
    }

    /** Of another job, with tables of the same names. */
    Verified(Shop shop, Job job) {
        this.shop = shop;
        this.job = job;
    }

    Job job() {
        return job;
    }

    TablePatterns tables(String... names) {
        return new TablePatterns(Arrays.stream(names).map(shop::table).toList());
    }

    Map<String, Object> compare(String table) {
        return comparison(VerificationListener.NONE)
                .compare(tables(table), true, false)
                .get(0);
    }

    JobComparison comparison(VerificationListener listener) {
        return new JobComparison(job, executor, listener);
    }

    Map<String, Object> repair(String table, boolean apply) {
        return repair(table, apply, null, VerificationListener.NONE);
    }

    Map<String, Object> repair(String table, boolean apply, Path directory, VerificationListener listener) {
        return new JobRepair(job, executor, listener)
                .repair(tables(table), new RepairOptions(apply, directory, false))
                .get(0);
    }

    /** The keys that differ, as {@code difference key-value}. */
    @SuppressWarnings("unchecked")
    static List<String> differences(Map<String, Object> result) {
        return ((List<Map<String, Object>>) result.get("differences"))
                .stream()
                        .map(row -> row.get("difference") + " "
                                + String.join(",", ((Map<String, String>) row.get("key")).values()))
                        .sorted()
                        .toList();
    }

    @SuppressWarnings("unchecked")
    static List<String> statements(Map<String, Object> result) {
        return (List<String>) result.get("statements");
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
