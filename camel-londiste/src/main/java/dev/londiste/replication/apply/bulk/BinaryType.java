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
 * A type, of the same name in the server, whose values we can write as the server does in binary. Only the texts that the
 * server itself makes are read: whatever else a value may look like, and what is rare, is left to the server to read.
 */
public enum BinaryType {
    TEXT(Oid.TEXT, Oid.TEXT_ARRAY),
    VARCHAR(Oid.VARCHAR, Oid.VARCHAR_ARRAY),
    BPCHAR(Oid.BPCHAR, Oid.BPCHAR_ARRAY),
    JSON(Oid.JSON, Oid.JSON_ARRAY),
    JSONB(Oid.JSONB, Oid.JSONB_ARRAY),
    BOOL(Oid.BOOL, Oid.BOOL_ARRAY),
    INT2(Oid.INT2, Oid.INT2_ARRAY),
    INT4(Oid.INT4, Oid.INT4_ARRAY),
    INT8(Oid.INT8, Oid.INT8_ARRAY),
    NUMERIC(Oid.NUMERIC, Oid.NUMERIC_ARRAY),
    DATE(Oid.DATE, Oid.DATE_ARRAY),
    TIMESTAMP(Oid.TIMESTAMP, Oid.TIMESTAMP_ARRAY),
    TIMESTAMPTZ(Oid.TIMESTAMPTZ, Oid.TIMESTAMPTZ_ARRAY);

    private static final int JSONB_VERSION = 1;

    private static final Map<String, BinaryType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(BinaryType::sqlName, type -> type));

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

    /** Its quoted name. */
    public String sqlName() {
        return Identifiers.qualified("pg_catalog", name().toLowerCase(Locale.ROOT));
    }

    /**
     * What a column's values can go as without the server refusing one of them: a type whose texts we read, where that is
     * the column's; text for any other, to be cast there.
     */
    public static BinaryType neverRefused(TargetColumn column) {
        return of(column).filter(type -> !type.isText()).orElse(TEXT);
    }

    /** Whether a value goes as its text, which only the server reads. */
    private boolean isText() {
        return switch (this) {
            case TEXT, VARCHAR, BPCHAR, JSON, JSONB -> true;
            default -> false;
        };
    }

    /** The type of a column, domains taken as what they are of. */
    static Optional<BinaryType> of(TargetColumn column) {
        return Optional.ofNullable(BY_NAME.get(column.type()));
    }

    /** Writes a value, without its length; false when its text is none that we read. */
    boolean put(String value, RowBuffer buffer) {
        return switch (this) {
            case TEXT, VARCHAR, BPCHAR, JSON -> putText(value, buffer);
            case JSONB -> {
                buffer.int1(JSONB_VERSION);
                yield putText(value, buffer);
            }
            case BOOL -> putBool(value, buffer);
            case INT2, INT4, INT8 -> putWhole(value, buffer);
            case NUMERIC -> BinaryNumeric.put(value, buffer);
            case DATE -> BinaryTime.putDate(value, buffer);
            case TIMESTAMP -> BinaryTime.putTimestamp(value, buffer, false);
            case TIMESTAMPTZ -> BinaryTime.putTimestamp(value, buffer, true);
        };
    }

    private static boolean putText(String value, RowBuffer buffer) {
        buffer.all(value.getBytes(StandardCharsets.UTF_8));
        return true;
    }

    private static boolean putBool(String value, RowBuffer buffer) {
        boolean isTrue = value.equals("true") || value.equals("t");
        buffer.int1(isTrue ? 1 : 0);
        return isTrue || value.equals("false") || value.equals("f");
    }

    private boolean putWhole(String value, RowBuffer buffer) {
        long number = Digits.whole(value);
        switch (this) {
            case INT2 -> buffer.int2((int) number);
            case INT4 -> buffer.int4((int) number);
            default -> buffer.int8(number);
        }
        return number != Digits.NONE
                && (this != INT2 || number == (short) number)
                && (this != INT4 || number == (int) number);
    }
}
