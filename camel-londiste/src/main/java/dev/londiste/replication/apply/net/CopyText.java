package dev.londiste.replication.apply.net;

import dev.londiste.replication.apply.target.RowMapping.Mapped;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.postgresql.copy.CopyIn;

/** Rows in the text format of COPY, sent in pieces. Not thread-safe. */
public final class CopyText {

    private static final int PIECE = 1 << 16;
    private static final int LONG = 24;

    /** What stands behind a backslash for a character that is escaped, else 0. */
    private static final byte[] LETTERS = new byte[128];

    static {
        LETTERS['\\'] = '\\';
        LETTERS['\t'] = 't';
        LETTERS['\n'] = 'n';
        LETTERS['\r'] = 'r';
    }

    private final CopyIn copy;
    private byte[] buffer = new byte[PIECE + 4096];
    private int length;

    public CopyText(CopyIn copy) {
        this.copy = copy;
    }

    public void row(NetRow net, List<Mapped> columns) throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                put((byte) '\t');
            }
            value(net.row().value(columns.get(i).index()));
        }
        put((byte) '\n');
        if (length >= PIECE) {
            send();
        }
    }

    public void send() throws SQLException {
        copy.writeToCopy(buffer, 0, length);
        length = 0;
    }

    private void value(String value) {
        if (value == null) {
            put((byte) '\\');
            put((byte) 'N');
            return;
        }
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        if (value.length() >= LONG && isPlain(value)) {
            reserve(bytes.length);
            System.arraycopy(bytes, 0, buffer, length, bytes.length);
            length += bytes.length;
        } else {
            escaped(bytes);
        }
    }

    /** Searching a long text takes many characters at a time, and most texts need no escape. */
    private static boolean isPlain(String value) {
        return value.indexOf('\\') < 0 && value.indexOf('\n') < 0 && value.indexOf('\t') < 0 && value.indexOf('\r') < 0;
    }

    private void escaped(byte[] bytes) {
        reserve(bytes.length * 2);
        // Locals, for fields would be read and written at each byte.
        var target = buffer;
        int end = length;
        for (byte b : bytes) {
            byte letter = b < 0 ? 0 : LETTERS[b];
            if (letter != 0) {
                target[end++] = '\\';
            }
            target[end++] = letter == 0 ? b : letter;
        }
        length = end;
    }

    private void put(byte b) {
        reserve(1);
        buffer[length++] = b;
    }

    private void reserve(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
