package dev.londiste.replication.follow;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.DelegatingDataSource;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The provider of a queue, be it one of ours or one whose tables have triggers of SkyTools 2, PgQ or Londiste 3. There
 * nothing of ours is installed: each session gets the functions that the engine calls as temporary ones, and statements
 * find them in place of those of the schema londiste. Thread-safe.
 */
public final class ProviderDatabase extends DelegatingDataSource {

    /** The catalogs are open to all; the schemas need not be. */
    private static final String KIND = """
            with londiste as (
                select c.relname, exists (select from pg_catalog.pg_attribute a
                                           where a.attrelid = c.oid and a.attname = 'key_columns') as ours
                  from pg_catalog.pg_class c
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                 where n.nspname = 'londiste' and c.relname in ('provider_table', 'table_info')
            )
            select exists (select from londiste where ours) as ours,
                   exists (select from londiste where not ours)
                   or exists (select from pg_catalog.pg_trigger t
                                join pg_catalog.pg_proc p on p.oid = t.tgfoid
                               where p.proname in ('logutriga', 'jsontriga', 'sqltriga', 'logtriga') and t.tgnargs > 0
                                 and position(convert_to(?, getdatabaseencoding()) || '\\x00'::bytea in t.tgargs) = 1)
                   as others,
                   to_regprocedure('pg_temp.followed_tables(text)') is not null as prepared
            """;

    /** What is registered with us is captured by us, whatever else has triggers. */
    private static final String REGISTERED = """
            select exists (select from londiste.provider_table where queue_name = ?)
                   or exists (select from londiste.link where dest = ?)
            """;

    /** Whoever borrows a connection has not said yet how long it may wait for a lock. */
    private static final String PATIENCE = """
            set local lock_timeout = '1s'
            """;

    private final String queue;
    private volatile boolean ours;

    private ProviderDatabase(DataSource pool, String queue) {
        super(pool);
        this.queue = queue;
    }

    public static ProviderDatabase of(DataSource provider, String queue) {
        return provider instanceof ProviderDatabase known && known.queue.equals(queue)
                ? known
                : new ProviderDatabase(poolOf(provider), queue);
    }

    /** The DataSource as it was given. */
    public static DataSource poolOf(DataSource provider) {
        return provider instanceof ProviderDatabase known ? known.pool() : provider;
    }

    /** Whether a connection of a {@link #getConnection} is one to a queue that is filled by triggers that are not ours. */
    public static boolean isFollowed(Connection connection) {
        return FollowedConnection.is(connection);
    }

    @Override
    protected Connection lent(Connection connection) throws SQLException {
        if (ours) {
            return connection;
        }
        boolean followed = isToBeFollowed(connection);
        if (!connection.getAutoCommit()) {
            connection.commit();
        }
        return followed ? FollowedConnection.of(connection, queue) : connection;
    }

    /** Asked for each connection until tables of the queue are ours: somebody may install, add tables or make triggers meanwhile. */
    private boolean isToBeFollowed(Connection connection) throws SQLException {
        var session = new JdbcSession(connection);
        var kind = session.one(
                KIND,
                row -> new Kind(row.getBoolean("ours"), row.getBoolean("others"), row.getBoolean("prepared")),
                queue);
        ours = kind.ours() && isRegistered(connection);
        if (ours || !kind.others()) {
            return false;
        }
        if (!kind.prepared()) {
            prepare(session);
        }
        return true;
    }

    private boolean isRegistered(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        var session = new JdbcSession(connection);
        session.execute(PATIENCE);
        boolean registered = session.one(REGISTERED, row -> row.getBoolean(1), queue, queue);
        connection.commit();
        connection.setAutoCommit(autoCommit);
        return registered;
    }

    private void prepare(JdbcSession session) {
        try {
            session.execute(FollowedSql.SHARED.script());
        } catch (PgqException e) {
            throw e.is("42501")
                    ? new PgqException(
                            "Queue " + queue + " is filled by triggers that are not ours: to follow them the role needs"
                                    + " the right to make temporary objects (grant temporary on database): "
                                    + e.getMessage(),
                            Facts.of(queue, null).sqlState(e.sqlState()),
                            e)
                    : e;
        }
    }

    /** Two that mean the same queue of the same DataSource are one. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ProviderDatabase that && pool().equals(that.pool()) && queue.equals(that.queue);
    }

    @Override
    public int hashCode() {
        return pool().hashCode();
    }

    /**
     * What a provider has.
     *
     * @param ours our schema
     * @param others the schema of another Londiste, or triggers of others that fill the queue
     * @param prepared the session's functions
     */
    private record Kind(boolean ours, boolean others, boolean prepared) {}
}
