package dev.londiste.replication.apply.bulk;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.apply.target.TargetColumn;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * A type whose values we can write as the server does in binary. Only the texts that the server itself makes are read:
 * whatever else a value may look like, and what is rare, is left to the server to read.
 */
enum BinaryType {
    TEXT {
        @Override
        boolean put(String value, RowBuffer buffer) {
            buffer.all(value.getBytes(StandardCharsets.UTF_8));
            return true;
        }
    },
    JSONB {
        @Override
        boolean put(String value, RowBuffer buffer) {
            buffer.int1(1);
            return TEXT.put(value, buffer);
        }
    },
    BOOL {
        @Override
        boolean put(String value, RowBuffer buffer) {
            boolean isTrue = value.equals("true") || value.equals("t");
            buffer.int1(isTrue ? 1 : 0);
            return isTrue || value.equals("false") || value.equals("f");
        }
    },
    INT2 {
        @Override
        boolean put(String value, RowBuffer buffer) {
            long number = Digits.whole(value);
            buffer.int2((int) number);
            return number == (short) number;
        }
    },
    INT4 {
        @Override
        boolean put(String value, RowBuffer buffer) {
            long number = Digits.whole(value);
            buffer.int4((int) number);
            return number == (int) number;
        }
    },
    INT8 {
        @Override
        boolean put(String value, RowBuffer buffer) {
            long number = Digits.whole(value);
            buffer.int8(number);
            return number != Digits.NONE;
        }
    },
    NUMERIC {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryNumeric.put(value, buffer);
        }
    },
    DATE {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryTime.putDate(value, buffer);
        }
    },
    TIMESTAMP {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryTime.putTimestamp(value, buffer, false);
        }
    },
    TIMESTAMPTZ {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryTime.putTimestamp(value, buffer, true);
        }
    };

    private static final Map<String, BinaryType> BY_NAME = Map.ofEntries(
            named("text", TEXT),
            named("varchar", TEXT),
            named("bpchar", TEXT),
            named("json", TEXT),
            named("jsonb", JSONB),
            named("bool", BOOL),
            named("int2", INT2),
            named("int4", INT4),
            named("int8", INT8),
            named("numeric", NUMERIC),
            named("date", DATE),
            named("timestamp", TIMESTAMP),
            named("timestamptz", TIMESTAMPTZ));

    private static Map.Entry<String, BinaryType> named(String name, BinaryType type) {
        return Map.entry(Identifiers.qualified("pg_catalog", name), type);
    }

    /** The type of a column, domains taken as what they are of. */
    static Optional<BinaryType> of(TargetColumn column) {
        return Optional.ofNullable(BY_NAME.get(column.type()));
    }

    /** Writes a value, without its length; false when its text is none that we read. */
    abstract boolean put(String value, RowBuffer buffer);
}
