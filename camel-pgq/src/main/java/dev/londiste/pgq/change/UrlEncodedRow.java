package dev.londiste.pgq.change;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** Rows of logutriga: {@code id=1&txt=a%3db&nullcol}; a column without {@code =} is NULL. */
final class UrlEncodedRow {

    private UrlEncodedRow() {}

    static Row parse(String text) {
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (int from = 0; from <= text.length(); ) {
            int end = text.indexOf('&', from);
            end = end < 0 ? text.length() : end;
            int equals = text.indexOf('=', from);
            boolean isNull = equals < 0 || equals > end;
            names.add(decoded(text, from, isNull ? end : equals));
            values.add(isNull ? null : decoded(text, equals + 1, end));
            from = end + 1;
        }
        return Row.of(ColumnNames.of(names.toArray(String[]::new)), values.toArray(String[]::new));
    }

    private static String decoded(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == '%' || text.charAt(i) == '+') {
                return unescaped(text, from, to);
            }
        }
        return text.substring(from, to);
    }

    private static String unescaped(String text, int from, int to) {
        var bytes = ByteBuffer.wrap(text.substring(from, to).getBytes(StandardCharsets.UTF_8));
        var plain = ByteBuffer.allocate(bytes.remaining());
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            plain.put(b == '+' ? (byte) ' ' : b == '%' ? escape(bytes, from) : b);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(plain.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("no UTF-8 after position " + from, e);
        }
    }

    private static byte escape(ByteBuffer bytes, int from) {
        if (bytes.remaining() < 2) {
            throw new IllegalArgumentException("text ends in an escape after position " + from);
        }
        int high = Character.digit(bytes.get(), 16);
        int low = Character.digit(bytes.get(), 16);
        if (high < 0 || low < 0) {
            throw new IllegalArgumentException("unknown escape after position " + from);
        }
        return (byte) (high * 16 + low);
    }
}
