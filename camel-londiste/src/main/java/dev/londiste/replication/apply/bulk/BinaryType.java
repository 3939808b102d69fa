package dev.londiste.replication.apply.bulk;

import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.replication.apply.target.TargetColumn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.core.Oid;

/**
 * A type, of the same name in the server, whose values we can write as the server does in binary. Only the texts that the server itself makes are read:
 * whatever else a value may look like, and what is rare, is left to the server to read.
 */
enum BinaryType {
    TEXT(Oid.TEXT, Oid.TEXT_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            buffer.all(value.getBytes(StandardCharsets.UTF_8));
            return true;
        }
    },
    VARCHAR(Oid.VARCHAR, Oid.VARCHAR_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return TEXT.put(value, buffer);
        }
    },
    BPCHAR(Oid.BPCHAR, Oid.BPCHAR_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return TEXT.put(value, buffer);
        }
    },
    JSON(Oid.JSON, Oid.JSON_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return TEXT.put(value, buffer);
        }
    },
    JSONB(Oid.JSONB, Oid.JSONB_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            buffer.int1(1);
            return TEXT.put(value, buffer);
        }
    },
    BOOL(Oid.BOOL, Oid.BOOL_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            boolean isTrue = value.equals("true") || value.equals("t");
            buffer.int1(isTrue ? 1 : 0);
            return isTrue || value.equals("false") || value.equals("f");
        }
    },
    INT2(Oid.INT2, Oid.INT2_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            long number = Digits.whole(value);
            buffer.int2((int) number);
            return number == (short) number;
        }
    },
    INT4(Oid.INT4, Oid.INT4_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            long number = Digits.whole(value);
            buffer.int4((int) number);
            return number == (int) number;
        }
    },
    INT8(Oid.INT8, Oid.INT8_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            long number = Digits.whole(value);
            buffer.int8(number);
            return number != Digits.NONE;
        }
    },
    NUMERIC(Oid.NUMERIC, Oid.NUMERIC_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryNumeric.put(value, buffer);
        }
    },
    DATE(Oid.DATE, Oid.DATE_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryTime.putDate(value, buffer);
        }
    },
    TIMESTAMP(Oid.TIMESTAMP, Oid.TIMESTAMP_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryTime.putTimestamp(value, buffer, false);
        }
    },
    TIMESTAMPTZ(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY) {
        @Override
        boolean put(String value, RowBuffer buffer) {
            return BinaryTime.putTimestamp(value, buffer, true);
        }
    };

    private static final Map<String, BinaryType> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toMap(
                    type -> Identifiers.qualified("pg_catalog", type.name().toLowerCase(Locale.ROOT)), type -> type));

    private final int oid;
    private final int arrayOid;

    BinaryType(int oid, int arrayOid) {
        this.oid = oid;
        this.arrayOid = arrayOid;
    }

    int oid() {
        return oid;
    }

    int arrayOid() {
        return arrayOid;
    }

    /** The type of a column, domains taken as what they are of. */
    static Optional<BinaryType> of(TargetColumn column) {
        return Optional.ofNullable(BY_NAME.get(column.type()));
    }

    /** Writes a value, without its length; false when its text is none that we read. */
    abstract boolean put(String value, RowBuffer buffer);
}
