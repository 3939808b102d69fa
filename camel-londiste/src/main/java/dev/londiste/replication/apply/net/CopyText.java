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
        } else if (value.length() >= LONG) {
            longValue(value);
        } else {
            int from = length;
            if (!ascii(value)) {
                length = from;
                escaped(value.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Searching for what must be escaped, and encoding, take many characters at a time; most texts need no escape. */
    private void longValue(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        if (value.indexOf('\\') >= 0
                || value.indexOf('\n') >= 0
                || value.indexOf('\t') >= 0
                || value.indexOf('\r') >= 0) {
            escaped(bytes);
        } else {
            reserve(bytes.length);
            System.arraycopy(bytes, 0, buffer, length, bytes.length);
            length += bytes.length;
        }
    }

    /** The quick way; false at the first character that is not ASCII. */
    private boolean ascii(String value) {
        int size = value.length();
        reserve(size * 2);
        for (int i = 0; i < size; i++) {
            char c = value.charAt(i);
            if (c >= 128) {
                return false;
            }
            escaped((byte) c);
        }
        return true;
    }

    private void escaped(byte[] bytes) {
        reserve(bytes.length * 2);
        for (byte b : bytes) {
            escaped(b);
        }
    }

    private void escaped(byte b) {
        switch (b) {
            case '\\', '\t' -> {
                buffer[length++] = '\\';
                buffer[length++] = b == '\t' ? (byte) 't' : b;
            }
            case '\n' -> {
                buffer[length++] = '\\';
                buffer[length++] = 'n';
            }
            case '\r' -> {
                buffer[length++] = '\\';
                buffer[length++] = 'r';
            }
            default -> buffer[length++] = b;
        }
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
