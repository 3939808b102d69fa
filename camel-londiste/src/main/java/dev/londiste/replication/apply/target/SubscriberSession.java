package dev.londiste.replication.apply.target;

import dev.londiste.replication.apply.ApplyFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;

/**
 * The settings of an apply transaction, all local to it. Rows are applied with session_replication_role=replica where
 * the role may and the table allows it: actions of the subscriber's own foreign keys would change rows that the provider
 * did not change (C29). Not thread-safe.
 */
public final class SubscriberSession {

    /**
     * row_security: a policy raises an error instead of hiding rows (C34). The styles are those of the captured text, and
     * a null in an array is no word.
     * Sequential scans are off because a chunk joins with the table by its key, and a plan made while the table was
     * small would be kept.
     */
    private static final String BEGIN = """
            select set_config('row_security', 'off', true),
                set_config('DateStyle', 'ISO, MDY', true), set_config('IntervalStyle', 'postgres', true),
                set_config('TimeZone', 'UTC', true), set_config('xmloption', 'content', true),
                set_config('array_nulls', 'on', true),
                set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
                current_setting('session_replication_role') as role,
                %s as may_choose,
                has_database_privilege(current_database(), 'TEMP') as temp
            """;

    /** Only superusers can be allowed to set the role before PostgreSQL 15. */
    private static final String IS_SUPERUSER =
            "(select rolsuper from pg_catalog.pg_roles where rolname = current_user)";

    private static final String MAY_SET_ROLE =
            "pg_catalog.has_parameter_privilege(current_user, 'session_replication_role', 'set')";

    private final Connection connection;
    private boolean begun;
    private boolean mayChoose;
    private boolean mayCreate;
    private String role;
    private boolean replicaAnyway;
    private boolean deferred;

    public SubscriberSession(Connection connection) {
        this.connection = connection;
    }

    public void begin() throws SQLException {
        if (begun) {
            return;
        }
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "Changes are applied inside a transaction, but the connection commits alone");
        }
        try (var statement = connection.createStatement();
                var settings = statement.executeQuery(BEGIN.formatted(mayChooseSql()))) {
            settings.next();
            role = settings.getString("role");
            replicaAnyway = role.equals("replica");
            mayChoose = settings.getBoolean("may_choose");
            mayCreate = settings.getBoolean("temp");
        }
        begun = true;
    }

    private String mayChooseSql() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() >= 15 ? MAY_SET_ROLE : IS_SUPERUSER;
    }

    public boolean mayChooseRole() {
        return mayChoose;
    }

    /** Whether functions of the session's own may be created. */
    public boolean mayCreateFunctions() {
        return mayCreate;
    }

    /** Whether changes of this table set off no trigger and no foreign key. */
    public boolean actsAsReplica(TargetTable table) {
        return mayChoose ? table.appliesAsReplica() : replicaAnyway;
    }

    /**
     * Sets the role in which this table's rows are to be changed. A change of role makes the server forget all plans of the
     * session, now and at the end of the transaction: so it stays what it is for a table that has no triggers.
     */
    public void actFor(TargetTable table) throws SQLException {
        var wanted = table.appliesAsReplica() ? "replica" : "origin";
        if (!mayChoose || !table.roleMatters() || wanted.equals(role)) {
            return;
        }
        execute("set local session_replication_role = " + wanted);
        role = wanted;
    }

    /** Sets the role in which rows of all these tables are to be changed: one that user triggers want, if any do. */
    public void actFor(Collection<TargetTable> tables) throws SQLException {
        var mattering = tables.stream().filter(TargetTable::roleMatters).toList();
        var withTriggers =
                mattering.stream().filter(table -> !table.appliesAsReplica()).findFirst();
        var wanted =
                withTriggers.isPresent() ? withTriggers : mattering.stream().findFirst();
        if (wanted.isPresent()) {
            actFor(wanted.get());
        }
    }

    /** Constraints wait as they may on the provider, where their transaction was whole (C30). */
    public void defer(TargetTable table) throws SQLException {
        if (table.deferrable() && !deferred) {
            execute("set constraints all deferred");
            deferred = true;
        }
    }

    public boolean isDeferred() {
        return deferred;
    }

    /** Checks what waits, now. */
    public void checkConstraints() throws SQLException {
        execute("set constraints all immediate");
        execute("set constraints all deferred");
    }

    /**
     * Checks what waits, unless it has to wait longer: transactions of the provider interleave, and one whose changes
     * are still to come may have left a constraint open.
     */
    public boolean tryConstraints() throws SQLException {
        var savepoint = savepoint();
        try {
            checkConstraints();
            release(savepoint);
            return true;
        } catch (SQLException e) {
            // Constraint triggers of users raise what they like.
            if (!ApplyFailure.isOfTheData(e)) {
                throw e;
            }
            rollback(savepoint);
            return false;
        }
    }

    public Savepoint savepoint() throws SQLException {
        return connection.setSavepoint();
    }

    /** The role is now that of the savepoint, whichever that was. */
    public void rollback(Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
        forgetRole();
    }

    /** Someone else may have set the role. */
    public void forgetRole() {
        role = "unknown";
    }

    public void release(Savepoint savepoint) throws SQLException {
        connection.releaseSavepoint(savepoint);
    }

    public void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
