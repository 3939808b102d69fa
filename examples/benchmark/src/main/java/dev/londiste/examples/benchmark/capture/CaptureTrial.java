package dev.londiste.examples.benchmark.capture;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.examples.benchmark.trial.Trial;
import dev.londiste.examples.benchmark.workload.Workloads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * What capture costs who writes: updates of single rows by four clients for a while, and statements that change many
 * rows. synchronous_commit is off, so that the disk does not hide the difference.
 */
public record CaptureTrial(CaptureServer server, int rows, Duration time) implements Trial<Capture> {

    private static final int CLIENTS = 4;

    @Override
    public List<Quantity> quantities() {
        return List.of(
                Quantity.larger("capture, updates of one row", "tx/s"),
                Quantity.smaller("capture, bulk insert", "ms"),
                Quantity.smaller("capture, bulk update", "ms"),
                Quantity.smaller("capture, bulk delete", "ms"));
    }

    @Override
    public double[] measure(Capture way) throws Exception {
        try (var database = server.database()) {
            database.execute(Workloads.sequential().schema());
            way.on(database);
            database.execute("alter database " + database.name() + " set synchronous_commit = off");
            double insert = millis(
                    database,
                    "insert into t select n, n % 1000, rpad(md5(n::text), 100, 'x'), now(), n / 100.0"
                            + " from generate_series(1, " + rows + ") n");
            database.execute("vacuum analyze t");
            double perSecond = transactionsPerSecond(database);
            double update = millis(database, "update t set amount = amount + 1 where id <= " + rows / 2);
            double delete = millis(database, "delete from t where id <= " + rows / 4);
            return new double[] {perSecond, insert, update, delete};
        }
    }

    private static double millis(Database database, String sql) throws SQLException {
        long start = System.nanoTime();
        database.execute(sql);
        return (System.nanoTime() - start) / 1e6;
    }

    private double transactionsPerSecond(Database database) throws Exception {
        var clients = new ArrayList<Callable<Long>>();
        for (int i = 0; i < CLIENTS; i++) {
            int seed = i;
            clients.add(() -> updates(database, new SplittableRandom(seed)));
        }
        var executor = Executors.newFixedThreadPool(CLIENTS);
        try {
            long start = System.nanoTime();
            long transactions = 0;
            for (var client : executor.invokeAll(clients)) {
                transactions += client.get();
            }
            return transactions / ((System.nanoTime() - start) / 1e9);
        } finally {
            executor.shutdown();
        }
    }

    private long updates(Database database, SplittableRandom random) throws SQLException {
        long end = System.nanoTime() + time.toNanos();
        long count = 0;
        try (var connection = database.connect();
                var statement = connection.prepareStatement("update t set amount = amount + 1 where id = ?")) {
            while (System.nanoTime() < end) {
                statement.setLong(1, 1 + random.nextInt(rows));
                statement.executeUpdate();
                count++;
            }
        }
        return count;
    }
}
