package dev.londiste.replication.apply.bulk;

import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.target.RowMapping.Mapped;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The binary format: the server takes values as they are, and looks for no ends, escapes and digits. */
final class BinaryRows implements RowFormat {

    private static final byte[] SIGNATURE = "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int NULL = -1;
    private static final int END = -1;

    /** In the order of the columns. */
    private final List<BinaryType> types;

    BinaryRows(List<BinaryType> types) {
        this.types = types;
    }

    @Override
    public String option() {
        return "binary";
    }

    @Override
    public void begin(RowBuffer buffer) {
        buffer.all(SIGNATURE);
        // Neither flags nor an extension of the header.
        buffer.int8(0);
    }

    @Override
    public boolean row(Row row, List<Mapped> columns, RowBuffer buffer) {
        int start = buffer.length();
        buffer.int2(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            var value = row.value(columns.get(i).index());
            if (!value(value, types.get(i), buffer)) {
                buffer.setLength(start);
                return false;
            }
        }
        return true;
    }

    @Override
    public void end(RowBuffer buffer) {
        buffer.int2(END);
    }

    /** Writes a value after its length. */
    static boolean value(String value, BinaryType type, RowBuffer buffer) {
        if (value == null) {
            buffer.int4(NULL);
            return true;
        }
        int before = buffer.length();
        buffer.int4(0);
        if (!type.put(value, buffer)) {
            return false;
        }
        int after = buffer.length();
        buffer.setLength(before);
        buffer.int4(after - before - Integer.BYTES);
        buffer.setLength(after);
        return true;
    }
}
