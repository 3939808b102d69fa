package dev.londiste.replication.apply.bulk;

import java.util.Arrays;
import org.postgresql.util.ByteConverter;

/** Bytes to be sent, numbers as the server has them on the wire. It grows as needed. Not thread-safe. */
final class RowBuffer {

    private byte[] bytes;
    private int length;

    RowBuffer(int capacity) {
        this.bytes = new byte[capacity];
    }

    /** The bytes; what lies behind {@link #length} has no meaning. */
    byte[] bytes() {
        return bytes;
    }

    /** What was written, and nothing behind it. */
    byte[] toBytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    int length() {
        return length;
    }

    void setLength(int bytes) {
        length = bytes;
    }

    /** Makes room, and answers the bytes: whoever writes many takes them instead of a call for each. */
    byte[] reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
        return bytes;
    }

    void int1(int value) {
        reserve(Byte.BYTES)[length++] = (byte) value;
    }

    void int2(int value) {
        ByteConverter.int2(reserve(Short.BYTES), length, value);
        length += Short.BYTES;
    }

    void int4(int value) {
        ByteConverter.int4(reserve(Integer.BYTES), length, value);
        length += Integer.BYTES;
    }

    void int8(long value) {
        ByteConverter.int8(reserve(Long.BYTES), length, value);
        length += Long.BYTES;
    }

    void all(byte[] more) {
        System.arraycopy(more, 0, reserve(more.length), length, more.length);
        length += more.length;
    }
}
