package dev.londiste.replication.apply.net;

import dev.londiste.replication.apply.Counts;
import dev.londiste.replication.apply.target.ArrayLiteral;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.SubscriberSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.function.BiFunction;
import org.postgresql.PGConnection;

/**
 * Applies net changes with a few statements: deletes from the last child up to the parents, then updates and inserts from
 * the parents down. Every row count is compared with what is expected, so that drift is never passed over.
 */
public final class SetsOfRows {

    /** Below this a prepared INSERT costs less than a COPY. */
    private static final int COPY_FROM = 100;

    private final Connection connection;
    private final SubscriberSession session;

    public SetsOfRows(Connection connection, SubscriberSession session) {
        this.connection = connection;
        this.session = session;
    }

    /** Answers false when a row count differs; what was done is to be rolled back then. */
    public boolean apply(NetChanges changes, Counts counts) throws SQLException {
        var tables = changes.parentsFirst();
        for (int i = tables.size() - 1; i >= 0; i--) {
            if (!delete(tables.get(i), counts)) {
                return false;
            }
        }
        for (var table : tables) {
            if (!update(table, counts) || !insert(table, counts)) {
                return false;
            }
        }
        return true;
    }

    private boolean delete(NetTable net, Counts counts) throws SQLException {
        var rows = net.deletes();
        counts.delete(rows.size());
        return rows.isEmpty() || run(net, SetStatement.delete(net.mapping()), rows, (row, i) -> row.key()[i]);
    }

    private boolean update(NetTable net, Counts counts) throws SQLException {
        var mapping = net.mapping();
        var rows = net.updates();
        counts.update(rows.size());
        if (rows.isEmpty() || mapping.assigned().isEmpty()) {
            return true;
        }
        var values = mapping.updateOrder();
        return run(
                net,
                SetStatement.update(mapping),
                rows,
                (row, i) -> row.row().value(values.get(i).index()));
    }

    private boolean insert(NetTable net, Counts counts) throws SQLException {
        var rows = net.inserts();
        counts.insert(rows.size());
        if (rows.isEmpty()) {
            return true;
        }
        var written = net.mapping().written();
        if (rows.size() >= COPY_FROM) {
            session.actFor(net.mapping().table());
            return copy(net.mapping(), rows, written);
        }
        return run(
                net,
                SetStatement.insert(net.mapping()),
                rows,
                (row, i) -> row.row().value(written.get(i).index()));
    }

    private boolean run(NetTable net, SetStatement set, List<NetRow> rows, BiFunction<NetRow, Integer, String> value)
            throws SQLException {
        session.actFor(net.mapping().table());
        try (var statement = connection.prepareStatement(set.sql())) {
            for (int i = 0; i < set.columns().size(); i++) {
                var array = new ArrayLiteral(rows.size());
                for (var row : rows) {
                    array.add(value.apply(row, i));
                }
                statement.setObject(i + 1, array.toString(), Types.OTHER);
            }
            return statement.executeUpdate() == rows.size();
        }
    }

    private boolean copy(RowMapping mapping, List<NetRow> rows, List<Mapped> written) throws SQLException {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(SetStatement.copy(mapping));
        try {
            var text = new CopyText(copy);
            for (var row : rows) {
                text.row(row, written);
            }
            text.send();
            return copy.endCopy() == rows.size();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }
}
