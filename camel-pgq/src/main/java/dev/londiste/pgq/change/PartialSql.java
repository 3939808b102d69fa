package dev.londiste.pgq.change;

import dev.londiste.pgq.change.Change.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pieces of SQL that sqltriga and logtriga write: {@code (id,txt) values ('1','x')}, {@code txt=NULL where id='1'},
 * {@code id='1' and b='2'}. They are read here and never executed: event text does not become SQL.
 */
final class PartialSql {

    /** The row as far as the event has it, and the columns by which it is found. */
    record Parsed(Row row, List<String> keyColumns, Row oldKey) {}

    private final SqlTokens tokens;

    private PartialSql(String text) {
        this.tokens = new SqlTokens(text);
    }

    static Parsed parse(Operation operation, String text) {
        var sql = new PartialSql(text);
        var parsed =
                switch (operation) {
                    case INSERT -> sql.insert();
                    case UPDATE -> sql.update();
                    case DELETE -> sql.delete();
                    case TRUNCATE -> throw new IllegalArgumentException("TRUNCATE has no row");
                };
        sql.tokens.expectEnd();
        return parsed;
    }

    private Parsed insert() {
        var names = new ArrayList<String>();
        tokens.expect('(');
        do {
            names.add(tokens.name());
        } while (tokens.accept(','));
        tokens.expect(')');
        tokens.expectWord("values");
        tokens.expect('(');
        var values = new LinkedHashMap<String, String>();
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) {
                tokens.expect(',');
            }
            values.put(names.get(i), tokens.value());
        }
        tokens.expect(')');
        return new Parsed(row(values), List.of(), null);
    }

    private Parsed update() {
        var set = assignments(",");
        tokens.expectWord("where");
        var key = assignments("and");
        var row = new LinkedHashMap<>(key);
        row.putAll(set);
        boolean rekeyed = key.keySet().stream().anyMatch(name -> !key.get(name).equals(row.get(name)));
        return new Parsed(row(row), List.copyOf(key.keySet()), rekeyed ? row(key) : null);
    }

    private Parsed delete() {
        var key = assignments("and");
        return new Parsed(row(key), List.copyOf(key.keySet()), null);
    }

    private Map<String, String> assignments(String separator) {
        var values = new LinkedHashMap<String, String>();
        do {
            var name = tokens.name();
            tokens.expect('=');
            values.put(name, tokens.value());
        } while (separator.equals(",") ? tokens.accept(',') : tokens.acceptWord(separator));
        return values;
    }

    private static Row row(Map<String, String> values) {
        return Row.of(
                ColumnNames.of(values.keySet().toArray(String[]::new)),
                values.values().toArray(String[]::new));
    }
}
