package dev.londiste.replication.random;

import dev.londiste.replication.testing.Shop;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Two sessions that write to the tables of a seed, their transactions interleaved, with settings of their own. Not thread-safe. */
final class RandomWriters {

    private static final List<String> SETTINGS = List.of(
            "set local timezone = 'Asia/Kathmandu'",
            "set local timezone = 'America/St_Johns'",
            "set local intervalstyle = 'sql_standard'",
            "set local intervalstyle = 'iso_8601'; set local bytea_output = 'escape'",
            "set local extra_float_digits = -3",
            "set local search_path = public, kinds",
            "set local array_nulls = on; set local xmlbinary = hex; set local quote_all_identifiers = on");

    private static final List<String> DATE_STYLES = List.of("ISO", "ISO", "German", "SQL, DMY", "Postgres, MDY");

    /** Tables that are not there yet, unique values that are, rows of the other session, foreign keys that forbid TRUNCATE. */
    private static final Set<String> AS_IN_LIFE =
            Set.of("42P01", "55P03", "40001", "0A000", "27000", "21000", "55000", "55006");

    private final Shop shop;
    private final List<RandomTable> tables;
    private final Random random;
    private final boolean mayBeReplica;

    RandomWriters(Shop shop, List<RandomTable> tables, Random random) {
        this.shop = shop;
        this.tables = tables;
        this.random = random;
        this.mayBeReplica = tables.stream().allMatch(RandomTable::mayBeWrittenAsReplica);
    }

    void write(int transactions) throws SQLException {
        try (var one = shop.provider().connect();
                var other = shop.provider().connect()) {
            var sessions = List.of(one, other);
            for (var session : sessions) {
                session.setAutoCommit(false);
                execute(session, "set lock_timeout = '20 ms'");
                session.commit();
            }
            for (int i = random.nextInt(2 * transactions); i >= 0; i--) {
                part(sessions.get(random.nextInt(2)));
            }
            commit(one);
            commit(other);
        } finally {
            shop.forceTick();
        }
    }

    /** Of a transaction: its beginning, its end, or both. */
    private void part(Connection session) throws SQLException {
        if (random.nextInt(3) == 0) {
            settings(session);
        }
        for (int j = random.nextInt(6); j >= 0; j--) {
            // The driver wants it back at the end of what it has sent.
            tryOne(
                    session,
                    "set local datestyle = '" + DATE_STYLES.get(random.nextInt(DATE_STYLES.size())) + "'; "
                            + shop.sql(tables.get(random.nextInt(tables.size())).statement(random))
                            + "; set local datestyle = 'ISO, MDY'");
        }
        if (random.nextInt(8) == 0) {
            session.rollback();
        }
        if (random.nextInt(2) == 0) {
            commit(session);
        }
        if (random.nextInt(6) == 0) {
            shop.forceTick();
        }
    }

    private void settings(Connection session) throws SQLException {
        commit(session);
        if (random.nextInt(4) == 0) {
            execute(session, "set transaction isolation level repeatable read");
        }
        execute(session, SETTINGS.get(random.nextInt(SETTINGS.size())));
        if (mayBeReplica && random.nextInt(5) == 0) {
            execute(session, "set local session_replication_role = replica");
        }
    }

    /** A deferred constraint may forbid it. */
    private static void commit(Connection session) throws SQLException {
        try {
            session.commit();
        } catch (SQLException e) {
            if (!e.getSQLState().startsWith("23") && !AS_IN_LIFE.contains(e.getSQLState())) {
                throw e;
            }
            session.rollback();
        }
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void tryOne(Connection session, String sql) throws SQLException {
        var savepoint = session.setSavepoint();
        try {
            execute(session, sql);
            session.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            if (!e.getSQLState().startsWith("23") && !AS_IN_LIFE.contains(e.getSQLState())) {
                throw new SQLException(sql, e.getSQLState(), e);
            }
            session.rollback(savepoint);
        }
    }
}
