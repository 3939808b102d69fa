package dev.londiste.replication.apply.bulk;

import java.time.DateTimeException;
import java.time.LocalDate;

/** Dates and times as the server counts them, from the year 2000 on. Their texts are those of ISO, years of four digits. */
final class BinaryTime {

    private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
    private static final int DATE_CHARS = 10;
    private static final int TIME_CHARS = 19;
    private static final int MOST_FRACTION = 6;
    private static final long[] MICROS = {1_000_000, 100_000, 10_000, 1_000, 100, 10, 1};
    private static final long SECONDS_OF_DAY = 86_400;
    private static final long NONE = Digits.NONE;

    private BinaryTime() {}

    static boolean putDate(String value, RowBuffer buffer) {
        long day = value.length() == DATE_CHARS ? day(value) : NONE;
        buffer.int4((int) day);
        return day != NONE;
    }

    /**
     * @param zoned whether the text ends in a distance from UTC; one that does not fit is none that we read
     */
    static boolean putTimestamp(String value, RowBuffer buffer, boolean zoned) {
        long micros = micros(value, zoned);
        buffer.int8(micros);
        return micros != NONE;
    }

    private static long day(String value) {
        long year = Digits.at(value, 0, 4);
        long month = Digits.at(value, 5, 2);
        long day = Digits.at(value, 8, 2);
        if (year < 1 || year > 9999 || value.charAt(4) != '-' || value.charAt(7) != '-' || month > 12 || day > 31) {
            return NONE;
        }
        try {
            return LocalDate.of((int) year, (int) month, (int) day).toEpochDay() - EPOCH_DAY;
        } catch (DateTimeException noSuchDay) {
            return NONE;
        }
    }

    private static long micros(String value, boolean zoned) {
        if (value.length() < TIME_CHARS || (value.charAt(10) != 'T' && value.charAt(10) != ' ')) {
            return NONE;
        }
        long day = day(value);
        long second = second(value, 11);
        if (day == NONE || second == NONE) {
            return NONE;
        }
        int zone = TIME_CHARS;
        long fraction = 0;
        if (zone < value.length() && value.charAt(zone) == '.') {
            int from = zone + 1;
            zone = endOfDigits(value, from);
            int count = zone - from;
            if (count < 1 || count > MOST_FRACTION) {
                return NONE;
            }
            fraction = Digits.at(value, from, count) * MICROS[count];
        }
        long east = zoned ? east(value, zone) : value.length() == zone ? 0 : NONE;
        return east == NONE ? NONE : (day * SECONDS_OF_DAY + second - east) * MICROS[0] + fraction;
    }

    private static int endOfDigits(String value, int from) {
        int end = from;
        while (end < value.length() && value.charAt(end) >= '0' && value.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** Of {@code hh:mm:ss}. */
    private static long second(String value, int at) {
        long hour = Digits.at(value, at, 2);
        long minute = Digits.at(value, at + 3, 2);
        long second = Digits.at(value, at + 6, 2);
        boolean is =
                hour < 24 && minute < 60 && second < 60 && value.charAt(at + 2) == ':' && value.charAt(at + 5) == ':';
        return is ? (hour * 60 + minute) * 60 + second : NONE;
    }

    /** Seconds east of UTC, of {@code +hh}, {@code +hh:mm} or {@code +hh:mm:ss}. */
    private static long east(String value, int at) {
        int length = value.length() - at;
        if (length != 3 && length != 6 && length != 9) {
            return NONE;
        }
        char sign = value.charAt(at);
        long hours = Digits.at(value, at + 1, 2);
        long minutes = length > 3 ? Digits.at(value, at + 4, 2) : 0;
        long seconds = length > 6 ? Digits.at(value, at + 7, 2) : 0;
        boolean is = (sign == '+' || sign == '-')
                && hours < 24
                && minutes < 60
                && seconds < 60
                && (length <= 3 || value.charAt(at + 3) == ':')
                && (length <= 6 || value.charAt(at + 6) == ':');
        long east = (hours * 60 + minutes) * 60 + seconds;
        return is ? (sign == '-' ? -east : east) : NONE;
    }
}
