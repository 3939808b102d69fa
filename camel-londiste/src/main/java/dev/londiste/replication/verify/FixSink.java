package dev.londiste.replication.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes the statements that fix a table: the first ones for the result, all for a file if there is one. Not thread-safe. */
final class FixSink implements AutoCloseable {

    private static final int MOST_STATEMENTS = 1000;

    /** Long values fill the memory with fewer. */
    private static final long MOST_CHARACTERS = 4 << 20;

    private final FixScript script;
    private final List<String> statements = new ArrayList<>();
    private long characters;
    private long count;

    /** Writes a file into {@code directory}, unless that is null. */
    FixSink(Path directory, ComparedTable table) {
        this.script = directory == null ? null : FixScript.in(directory, table);
    }

    void add(List<RowFix> fixes) {
        if (script != null) {
            script.add(fixes);
        }
        for (var fix : fixes) {
            count++;
            if (count <= MOST_STATEMENTS && characters < MOST_CHARACTERS) {
                var text = fix.text();
                statements.add(text);
                characters += text.length();
            }
        }
    }

    long count() {
        return count;
    }

    void addTo(Map<String, Object> row) {
        row.put("statement_count", count);
        row.put("statements", statements);
        row.put("sql_file", script == null || count == 0 ? null : script.file().toString());
    }

    @Override
    public void close() {
        if (script != null) {
            script.close();
        }
    }
}
