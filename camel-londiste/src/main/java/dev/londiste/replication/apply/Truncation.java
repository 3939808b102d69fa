package dev.londiste.replication.apply;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.target.SubscriberSession;
import dev.londiste.replication.apply.target.TargetTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Empties the tables that one transaction of the provider truncated, together and never with CASCADE (C31). */
final class Truncation {

    private static final String REFERENCED_FROM_OUTSIDE = """
            select exists (
                select 1 from pg_catalog.pg_constraint k
                where k.contype = 'f' and k.confrelid = any (?::int8[]::oid[]) and k.conrelid <> all (?::int8[]::oid[])
                and not exists (select 1 from pg_catalog.pg_partition_ancestors(k.conrelid) a
                    where a.relid = any (?::int8[]::oid[])))
            """;

    private final Connection connection;
    private final SubscriberSession session;

    Truncation(Connection connection, SubscriberSession session) {
        this.connection = connection;
        this.session = session;
    }

    /**
     * Applies TRUNCATE changes of one transaction to their targets, which come parents first.
     *
     * @param checksWait whether deferred checks of rows that were changed before may still wait
     */
    void apply(List<Change> changes, List<TargetTable> tables, boolean checksWait) throws SQLException {
        try {
            if (checksWait || isReferencedFromOutside(tables)) {
                // TRUNCATE is refused then, even when no row references these.
                for (int i = tables.size() - 1; i >= 0; i--) {
                    session.actFor(tables.get(i));
                    session.execute("delete from " + tables.get(i).reference());
                }
            } else {
                session.actFor(tables);
                session.execute(
                        tables.stream().map(TargetTable::reference).collect(Collectors.joining(", ", "truncate ", "")));
            }
        } catch (SQLException e) {
            throw ApplyFailure.of(changes.get(0), e);
        }
    }

    private boolean isReferencedFromOutside(List<TargetTable> tables) throws SQLException {
        var oids = connection.createArrayOf(
                "int8", tables.stream().map(TargetTable::oid).toArray());
        try (var query = connection.prepareStatement(REFERENCED_FROM_OUTSIDE)) {
            query.setArray(1, oids);
            query.setArray(2, oids);
            query.setArray(3, oids);
            try (var result = query.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }
}
