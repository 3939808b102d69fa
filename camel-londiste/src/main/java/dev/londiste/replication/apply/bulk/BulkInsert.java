package dev.londiste.replication.apply.bulk;

import dev.londiste.pgq.change.Row;
import dev.londiste.pgq.jdbc.SqlFunction;
import dev.londiste.replication.apply.target.RowMapping;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import dev.londiste.replication.apply.target.TargetColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Inserts many rows by COPY, which fills identity columns as given, like OVERRIDING SYSTEM VALUE. Where the binary format
 * has no room for a value, the rest goes as text. Not thread-safe.
 */
public final class BulkInsert {

    /** Bytes. As much as is sent at once. */
    private static final int PIECE = 1 << 16;

    private final SqlFunction<String, CopyIn> begin;
    private final RowMapping mapping;
    private final RowBuffer buffer = new RowBuffer(PIECE + 4096);

    public BulkInsert(Connection connection, RowMapping mapping) {
        this(sql -> connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql), mapping);
    }

    /**
     * @param begin begins the COPY that a statement says
     */
    public BulkInsert(SqlFunction<String, CopyIn> begin, RowMapping mapping) {
        this.begin = begin;
        this.mapping = mapping;
    }

    /** Answers how many were inserted. */
    public long insert(Iterator<Row> rows) throws SQLException {
        var columns = mapping.written();
        var types = columns.stream()
                .map(Mapped::column)
                .map(BinaryType::of)
                .flatMap(Optional::stream)
                .toList();
        var format = types.size() == columns.size() ? new BinaryRows(types) : new TextRows();
        return rows.hasNext() ? copy(rows, rows.next(), format) : 0;
    }

    private long copy(Iterator<Row> rows, Row first, RowFormat format) throws SQLException {
        var copy = begin.apply(statement(format));
        Row next = first;
        long copied;
        try {
            format.begin(buffer);
            while (next != null && format.row(next, mapping.written(), buffer)) {
                if (buffer.length() >= PIECE) {
                    send(copy);
                }
                next = rows.hasNext() ? rows.next() : null;
            }
            format.end(buffer);
            send(copy);
            copied = copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        return next == null ? copied : copied + copy(rows, next, new TextRows());
    }

    private void send(CopyIn copy) throws SQLException {
        copy.writeToCopy(buffer.bytes(), 0, buffer.length());
        buffer.setLength(0);
    }

    private String statement(RowFormat format) {
        var names = mapping.written().stream()
                .map(Mapped::column)
                .map(TargetColumn::quoted)
                .collect(Collectors.joining(", "));
        return "copy " + mapping.table().name() + " (" + names + ") from stdin (format " + format.option() + ")";
    }
}
