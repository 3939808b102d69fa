package dev.londiste.replication.testing;

import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stops whoever updates a row of a table in a certain way, until it is opened: a trigger that waits for an advisory lock
 * which the gate holds. So a test knows for certain where a process is.
 */
public final class Gate implements AutoCloseable {

    private static final AtomicLong NUMBER = new AtomicLong(740_000);

    private final TestDatabase database;
    private final Connection holder;
    private final long lock = NUMBER.incrementAndGet();
    private final String table;
    private boolean closed;

    /** Stops updates of {@code table} whose new row fulfils {@code condition}. */
    public Gate(TestDatabase database, String table, String condition) {
        this.database = database;
        this.table = table;
        try {
            this.holder = database.connect();
            try (var statement = holder.createStatement()) {
                statement.execute("select pg_advisory_lock(" + lock + ")");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        database.execute("""
                create function londiste.test_gate_%1$d() returns trigger language plpgsql as $$
                begin perform pg_advisory_xact_lock_shared(%1$d); return new; end $$;
                create trigger test_gate_%1$d before update on %2$s for each row when (%3$s)
                    execute function londiste.test_gate_%1$d();
                alter table %2$s enable always trigger test_gate_%1$d
                """.formatted(lock, table, condition));
    }

    /** Waits until someone stands at the gate. */
    public void awaitArrival() {
        Shop.await().pollInterval(Duration.ofMillis(10)).until(this::isWaitedFor);
    }

    /** Waits until all have given up. */
    public void awaitNobody() {
        Shop.await().until(() -> !isWaitedFor());
    }

    public boolean isWaitedFor() {
        return !database.rows("select from pg_locks where locktype = 'advisory' and not granted and objid = " + lock)
                .isEmpty();
    }

    /** Ends the server processes of those who stand at the gate, as an administrator or a crash would. */
    public void killWaiting() {
        database.rows("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted"
                + " and objid = " + lock);
    }

    @Override
    public void close() {
        open();
    }

    /** Lets everyone pass, now and later. */
    public void open() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            holder.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        database.execute("drop trigger test_gate_" + lock + " on " + table);
    }
}
