package dev.londiste.examples.benchmark.replication;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.ChangeDecoder;
import dev.londiste.pgq.change.Row;
import dev.londiste.pgq.jdbc.Identifiers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.StringJoiner;

/** As SkyTools applies: the text of a statement a change, 200 of them at a time. */
public record StatementText(List<String> tables) implements BatchApplier {

    private static final int AT_ONCE = 200;

    @Override
    public void apply(Connection subscriber, Iterable<Event> events) throws SQLException {
        var decoder = new ChangeDecoder();
        var text = new StringBuilder();
        int count = 0;
        try (var statement = subscriber.createStatement()) {
            for (var event : events) {
                var change = decoder.decode(event);
                if (change != null) {
                    text.append(sql(change)).append(";\n");
                    if (++count % AT_ONCE == 0) {
                        send(statement, text);
                    }
                }
            }
            send(statement, text);
        }
    }

    private static void send(Statement statement, StringBuilder text) throws SQLException {
        if (!text.isEmpty()) {
            statement.execute(text.toString());
            text.setLength(0);
        }
    }

    private static String sql(Change change) {
        var table = change.table();
        return switch (change.operation()) {
            case INSERT -> insert(table, change.row());
            case UPDATE ->
                "update only " + table + " set "
                        + pairs(change.row(), change.row().columns().asList(), ", ") + " where "
                        + pairs(change.oldKey() == null ? change.row() : change.oldKey(), change.keyColumns(), " and ");
            case DELETE -> "delete from only " + table + " where " + pairs(change.row(), change.keyColumns(), " and ");
            case TRUNCATE -> "truncate only " + table;
        };
    }

    private static String insert(String table, Row row) {
        var names = new StringJoiner(", ");
        var values = new StringJoiner(", ");
        for (int i = 0; i < row.columns().size(); i++) {
            names.add(Identifiers.quote(row.columns().name(i)));
            values.add(literal(row.value(i)));
        }
        return "insert into " + table + " (" + names + ") values (" + values + ")";
    }

    private static String pairs(Row row, List<String> columns, String separator) {
        var pairs = new StringJoiner(separator);
        columns.forEach(column -> pairs.add(Identifiers.quote(column) + " = " + literal(row.value(column))));
        return pairs.toString();
    }

    /** These workloads have no backslash. */
    private static String literal(String value) {
        return value == null ? "null" : "'" + value.replace("'", "''") + "'";
    }
}
