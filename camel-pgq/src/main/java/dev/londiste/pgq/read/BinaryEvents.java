package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import org.postgresql.core.Encoding;
import org.postgresql.util.ByteConverter;

/**
 * Takes events out of the messages of COPY in its binary format. Events of one transaction have one time, and mostly one
 * type and table: each is kept from event to event rather than decoded anew. Not thread-safe; one serves one COPY.
 */
final class BinaryEvents {

    /** Signature, flags, and the length of what else the header has. */
    private static final int HEADER = 11 + 4 + 4;

    private static final int NULL = -1;
    private static final long MICROS = 1_000_000;
    /** The year 2000, from which the server counts. */
    private static final long EPOCH_SECONDS = 946_684_800;

    private final Encoding encoding;
    private final LastText type = new LastText();
    private final LastText table = new LastText();
    private boolean headerRead;
    private long micros;
    private Instant time = Instant.ofEpochSecond(EPOCH_SECONDS);
    private byte[] message;
    private int at;

    /**
     * @param encoding in which the server sends texts
     */
    BinaryEvents(Encoding encoding) {
        this.encoding = encoding;
    }

    /** The event of a message, each of which has a row; null when it has none, as the last. */
    Event read(byte[] next) {
        message = next;
        at = 0;
        if (!headerRead) {
            at = HEADER + ByteConverter.int4(message, HEADER - 4);
            headerRead = true;
        }
        boolean hasRow = message.length - at > 2;
        at += 2;
        return hasRow ? event() : null;
    }

    private Event event() {
        return new Event(int8(), time(), int8(), retry(), type.read(), text(), table.read(), text(), text(), text());
    }

    private long int8() {
        at += 4;
        long value = ByteConverter.int8(message, at);
        at += Long.BYTES;
        return value;
    }

    /** None where the event was never retried. */
    private int retry() {
        if (length() == NULL) {
            return 0;
        }
        int value = ByteConverter.int4(message, at);
        at += Integer.BYTES;
        return value;
    }

    private Instant time() {
        long next = int8();
        if (next != micros) {
            micros = next;
            time = Instant.ofEpochSecond(
                    EPOCH_SECONDS + Math.floorDiv(next, MICROS), Math.floorMod(next, MICROS) * 1_000);
        }
        return time;
    }

    private int length() {
        int length = ByteConverter.int4(message, at);
        at += 4;
        return length;
    }

    private String text() {
        int length = length();
        if (length == NULL) {
            return null;
        }
        at += length;
        return decoded(at - length, length);
    }

    /** As the driver decodes: an invalid text is a failure. */
    private String decoded(int from, int length) {
        try {
            return encoding.decode(message, from, length);
        } catch (IOException e) {
            throw new PgqException(
                    "An event has a text that is not in the encoding of the connection: " + e.getMessage(), e);
        }
    }

    /** A text that is mostly that of the event before: comparing costs less than decoding. */
    private final class LastText {

        private byte[] bytes = {};
        private String text = "";

        String read() {
            int length = length();
            if (length == NULL) {
                return null;
            }
            int from = at;
            at += length;
            if (!Arrays.equals(bytes, 0, bytes.length, message, from, at)) {
                bytes = Arrays.copyOfRange(message, from, at);
                text = decoded(from, length);
            }
            return text;
        }
    }
}
