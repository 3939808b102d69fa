package dev.londiste.replication.testing;

import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes to a table {@code (id int primary key, value int, note text)} of the provider until it is closed: inserts,
 * updates, deletes and key changes in small transactions.
 */
public final class WriteLoad implements AutoCloseable {

    private final Shop shop;
    private final String table;
    private final AtomicLong transactions = new AtomicLong();
    private final Random random = new Random(42);
    private volatile boolean stopped;
    private volatile SQLException failure;
    private Thread thread;

    public WriteLoad(Shop shop, String table) {
        this.shop = shop;
        this.table = shop.table(table);
    }

    public WriteLoad start() {
        thread = new Thread(this::run, "load");
        thread.start();
        return this;
    }

    public long transactions() {
        return transactions.get();
    }

    /** Waits for so many transactions from now on. */
    public void awaitMore(long count) {
        long goal = transactions.get() + count;
        Shop.await().until(() -> transactions.get() >= goal);
    }

    private void run() {
        int nextId = 1_000_000;
        try (var connection = shop.provider().connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!stopped) {
                int id = 1 + random.nextInt(20_000);
                statement.execute("insert into " + table + " values (" + nextId++ + ", 1, 'new')");
                statement.execute("update " + table + " set value = value + 1 where id = " + id);
                statement.execute("delete from " + table + " where id = " + (id + 7));
                statement.execute("update " + table + " set id = " + nextId++ + " where id = " + (id + 13));
                connection.commit();
                transactions.incrementAndGet();
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    /** Ends after the current transaction; fails if one has failed. */
    public void stop() throws SQLException, InterruptedException {
        stopped = true;
        thread.join();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
