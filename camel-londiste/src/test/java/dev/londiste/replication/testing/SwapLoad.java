package dev.londiste.replication.testing;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes to a table {@code (id int primary key, code int not null unique, note text)} of the provider, filled with even
 * ids, until it is stopped: swaps unique values between rows anywhere in it, moves rows to other keys, deletes and inserts.
 */
public final class SwapLoad implements AutoCloseable {

    private final Shop shop;
    private final String table;
    private final AtomicLong transactions = new AtomicLong();
    private final Random random = new Random(4711);
    private final Duration pause;
    private volatile boolean stopped;
    private volatile SQLException failure;
    private Thread thread;

    public SwapLoad(Shop shop, String table) {
        this(shop, table, Duration.ZERO);
    }

    /** @param pause between two transactions, where the load is not to take the whole machine */
    public SwapLoad(Shop shop, String table, Duration pause) {
        this.pause = pause;
        this.shop = shop;
        this.table = shop.table(table);
    }

    public SwapLoad start() {
        thread = new Thread(this::run, "swaps");
        thread.start();
        return this;
    }

    /** Waits for so many transactions from now on. */
    public void awaitMore(long count) {
        long goal = transactions.get() + count;
        Shop.await().until(() -> transactions.get() >= goal || failure != null);
    }

    private void run() {
        try (var connection = shop.provider().connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int last;
            try (var result = statement.executeQuery("select max(id) from " + table)) {
                result.next();
                last = result.getInt(1);
            }
            int code = -1_000_000_000;
            while (!stopped) {
                swap(statement, key(last), key(last));
                move(statement, key(last), key(last) + 1);
                move(statement, key(last) + 1, key(last));
                statement.execute("delete from " + table + " where id = " + key(last));
                statement.execute("insert into " + table + " values (" + key(last) + ", " + code++
                        + ", 'new') on conflict do nothing");
                connection.commit();
                transactions.incrementAndGet();
                LockSupport.parkNanos(pause.toNanos());
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    private int key(int last) {
        return 2 * (1 + random.nextInt(last / 2));
    }

    /** The one gives its unique value to the other, and takes that one's. */
    private void swap(Statement statement, int one, int other) throws SQLException {
        statement.execute("""
                do $$
                declare
                    mine int := (select code from %1$s where id = %2$d);
                    yours int := (select code from %1$s where id = %3$d);
                begin
                    if mine <> yours then
                        update %1$s set code = 1000000000 where id = %2$d;
                        update %1$s set code = mine where id = %3$d;
                        update %1$s set code = yours where id = %2$d;
                    end if;
                end $$
                """.formatted(table, one, other));
    }

    private void move(Statement statement, int from, int to) throws SQLException {
        statement.execute("update " + table + " set id = " + to + " where id = " + from
                + " and not exists (select from " + table + " where id = " + to + ")");
    }

    /** Ends after the current transaction; fails if one has failed. */
    public void stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
