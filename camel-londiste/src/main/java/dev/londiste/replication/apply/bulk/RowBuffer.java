package dev.londiste.replication.apply.bulk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes to be sent, numbers as the server has them on the wire. It grows as needed. Not thread-safe. */
final class RowBuffer {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

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
        SHORT.set(reserve(Short.BYTES), length, (short) value);
        length += Short.BYTES;
    }

    void int4(int value) {
        INT.set(reserve(Integer.BYTES), length, value);
        length += Integer.BYTES;
    }

    void int8(long value) {
        LONG.set(reserve(Long.BYTES), length, value);
        length += Long.BYTES;
    }

    void all(byte[] more) {
        System.arraycopy(more, 0, reserve(more.length), length, more.length);
        length += more.length;
    }
}
