package dev.londiste.replication.apply.bulk;

import java.util.List;

/** An array of one dimension as the server sends it. */
final class BinaryArray {

    /** Dimensions, whether nulls are among the elements, their type; how many they are, and the number of the first. */
    private static final int HEADER = 5 * Integer.BYTES;

    private BinaryArray() {}

    /** The bytes; null when the binary format has no room for one of the values. */
    static byte[] of(BinaryType type, List<String> values) {
        // Texts in ASCII fill it exactly: growing would copy a large one again and again.
        long size = HEADER;
        for (var value : values) {
            size += Integer.BYTES + (value == null ? 0 : value.length());
        }
        var buffer = new RowBuffer(Math.toIntExact(size));
        buffer.int4(1);
        buffer.int4(1);
        buffer.int4(type.oid());
        buffer.int4(values.size());
        buffer.int4(1);
        for (var value : values) {
            if (!BinaryRows.value(value, type, buffer)) {
                return null;
            }
        }
        return buffer.toBytes();
    }
}
