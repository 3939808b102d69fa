package dev.londiste.replication.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.replication.copy.CopyOptions;
import dev.londiste.replication.testing.WatchedConnections.Call;
import dev.londiste.replication.testing.WatchedConnections.Observer;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Both databases as one process of a replication sees them, until it, or the server process that serves it, dies at a
 * chosen statement. Without a choice it only notes which moments there are. Thread-safe.
 */
public final class DeathAtMoment implements AutoCloseable {

    private static final Pattern NUMBERS = Pattern.compile("\\d+");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    /** So many letters tell one statement from the others, and not by the events or keys that it meets. */
    private static final int TELLING = 90;

    private final Shop shop;
    private final String table;
    private final Moment chosen;
    private final Death death;
    private final Connection asking;
    private final Set<Moment> seen = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Set<Integer> provided = ConcurrentHashMap.newKeySet();
    private final Set<Integer> subscribed = ConcurrentHashMap.newKeySet();
    private final Queue<HikariDataSource> pools = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ofProcess = new CompletableFuture<>();
    private volatile boolean struck;
    private volatile boolean dead;

    /** @param table whose state is part of a moment */
    public DeathAtMoment(Shop shop, String table, Moment chosen, Death death) {
        this.shop = shop;
        this.table = table;
        this.chosen = chosen;
        this.death = death;
        try {
            this.asking = shop.subscriber().connect();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The replay that may die. */
    public ReplayLoop replay(CopyOptions options) {
        return replay(
                options,
                watched("provider", shop.provider(), provided),
                watched("subscriber", shop.subscriber(), subscribed));
    }

    /** One that follows it, and dies no more. */
    public ReplayLoop undisturbed(CopyOptions options) {
        return replay(options, shop.provider().dataSource(), shop.subscriber().dataSource());
    }

    private ReplayLoop replay(CopyOptions options, DataSource provider, DataSource subscriber) {
        return new ReplayLoop(pool(provider), pool(subscriber), shop.queue(), shop.job(), options);
    }

    /** As a replication has one in life; it asks nothing by itself. */
    private DataSource pool(DataSource source) {
        var config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(12);
        config.setMinimumIdle(0);
        config.setPoolName(shop.job());
        config.setConnectionTimeout(2000);
        var pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    /** In the order in which they came first. */
    public List<Moment> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    public boolean hasStruck() {
        return struck;
    }

    /** Completed when the process has died, by the thread that met its death. */
    public CompletableFuture<Void> ofProcess() {
        return ofProcess;
    }

    private DataSource watched(String side, TestDatabase database, Set<Integer> pids) {
        return new WatchedConnections(database.dataSource(), new Observer() {
            @Override
            public <T> T around(int pid, String sql, Call<T> call) throws SQLException {
                if (dead) {
                    throw broken();
                }
                if (pid == 0) {
                    return call.now();
                }
                pids.add(pid);
                var moment = new Moment(state(), side, normal(sql));
                return seen.add(moment) && moment.equals(chosen) ? strike(database, pid, call) : call.now();
            }
        });
    }

    private String normal(String sql) {
        var text = NUMBERS.matcher(SPACE.matcher(sql.strip()).replaceAll(" ")).replaceAll("#");
        return text.substring(0, Math.min(text.length(), TELLING));
    }

    private <T> T strike(TestDatabase database, int pid, Call<T> call) throws SQLException {
        struck = true;
        switch (death) {
            case BEFORE -> {
                kill(database, Set.of(pid));
                return call.now();
            }
            case AFTER -> {
                var answer = call.now();
                kill(database, Set.of(pid));
                if (chosen.isCopy()) {
                    return answer;
                }
                throw broken();
            }
            case PROCESS -> {
                call.now();
                dead = true;
                kill(shop.provider(), provided);
                kill(shop.subscriber(), subscribed);
                ofProcess.complete(null);
                throw broken();
            }
        }
        throw new IllegalStateException();
    }

    private static SQLException broken() {
        return new SQLException("An I/O error occurred while sending to the backend: killed by the test", "08006");
    }

    /** Returns when they are gone. */
    private static void kill(TestDatabase database, Set<Integer> pids) {
        database.rows("select pg_terminate_backend(pid, 20000) from pg_stat_activity where pid = any (?)", (Object)
                pids.toArray(Integer[]::new));
    }

    private synchronized String state() throws SQLException {
        try (var query = asking.prepareStatement("select coalesce(split_part(merge_state, ':', 1), 'NEW')"
                + " || case when merge_state = 'ok' and snapshot is not null then ', snapshot' else '' end"
                + " from londiste.subscriber_table where queue_name = ? and table_name = ?")) {
            query.setString(1, shop.queue());
            query.setString(2, shop.table(table));
            try (var rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : "none";
            }
        }
    }

    @Override
    public void close() throws SQLException {
        pools.forEach(HikariDataSource::close);
        asking.close();
    }

    /** The first time that a statement is sent to one side while the table is in one state. */
    public record Moment(String state, String side, String statement) {

        boolean isCopy() {
            return statement.startsWith("copy ");
        }

        @Override
        public String toString() {
            return state + ", at the " + side + ": " + statement;
        }
    }

    /** Who dies, and when. */
    public enum Death {
        /** The server process, so that the statement is not executed. */
        BEFORE,
        /** The server process, so that the answer is lost. */
        AFTER,
        /** The process of the replication, with all server processes that work for it. */
        PROCESS
    }
}
