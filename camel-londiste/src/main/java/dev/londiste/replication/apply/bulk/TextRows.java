package dev.londiste.replication.apply.bulk;

import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The text format: it has room for whatever value of whatever type, which the server reads as input. */
final class TextRows implements RowFormat {

    private static final int LONG = 24;

    /** What stands behind a backslash for a character that is escaped, else 0. */
    private static final byte[] LETTERS = new byte[128];

    static {
        LETTERS['\\'] = '\\';
        LETTERS['\t'] = 't';
        LETTERS['\n'] = 'n';
        LETTERS['\r'] = 'r';
    }

    @Override
    public String option() {
        return "text";
    }

    @Override
    public void begin(RowBuffer buffer) {
        // Rows only.
    }

    @Override
    public boolean row(Row row, List<Mapped> columns, RowBuffer buffer) {
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                buffer.int1('\t');
            }
            value(row.value(columns.get(i).index()), buffer);
        }
        buffer.int1('\n');
        return true;
    }

    @Override
    public void end(RowBuffer buffer) {
        // Rows only.
    }

    private static void value(String value, RowBuffer buffer) {
        if (value == null) {
            buffer.int1('\\');
            buffer.int1('N');
            return;
        }
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        if (value.length() >= LONG && isPlain(value)) {
            buffer.all(bytes);
        } else {
            escaped(bytes, buffer);
        }
    }

    /** Searching a long text takes many characters at a time, and most texts need no escape. */
    private static boolean isPlain(String value) {
        return value.indexOf('\\') < 0 && value.indexOf('\n') < 0 && value.indexOf('\t') < 0 && value.indexOf('\r') < 0;
    }

    private static void escaped(byte[] bytes, RowBuffer buffer) {
        // Locals, for fields would be read and written at each byte.
        var target = buffer.reserve(bytes.length * 2);
        int end = buffer.length();
        for (byte b : bytes) {
            byte letter = b < 0 ? 0 : LETTERS[b];
            if (letter != 0) {
                target[end++] = '\\';
            }
            target[end++] = letter == 0 ? b : letter;
        }
        buffer.setLength(end);
    }
}
