package dev.londiste.examples.benchmark.micro;

import dev.londiste.pgq.Event;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Events as the capture triggers of this project write them, as many as a chunk takes. */
final class CapturedEvents {

    static final int COUNT = 20_000;

    private static final int HOT_KEYS = 1_000;
    private static final int WIDE_COLUMNS = 60;
    private static final Instant TIME = Instant.parse("2026-01-01T12:00:00.123456Z");
    private static final String TEXT = "c4ca4238a0b923820dcc509a6f75849b".repeat(3);

    private CapturedEvents() {}

    /** Rows of a table of five columns and about 140 bytes. */
    static List<Event> inserts() {
        return IntStream.range(0, COUNT).mapToObj(i -> event(i, "I", narrow(i))).toList();
    }

    /** The same with the row's record text, which tables with arrays, JSON or ranges have. */
    static List<Event> insertsWithRecord() {
        return IntStream.range(0, COUNT)
                .mapToObj(i -> event(i, "I", narrow(i), "(" + i + ",1," + TEXT + ",\"2026-01-01 12:00:00+00\",0.01)"))
                .toList();
    }

    /** Rows of 60 columns and about 2 kB. */
    static List<Event> wideInserts() {
        return IntStream.range(0, COUNT).mapToObj(i -> event(i, "I", wide(i))).toList();
    }

    /** What PgQ's logutriga writes. */
    static List<Event> urlEncoded() {
        return IntStream.range(0, COUNT)
                .mapToObj(i ->
                        event(i, "I", "id=" + i + "&k=1&v=" + TEXT + "&ts=2026-01-01+12%3a00%3a00%2b00&amount=0.01"))
                .toList();
    }

    /** Inserts, updates and deletes in turn, on keys by chance; every history of a key is possible. */
    static List<Event> mixed() {
        var random = new SplittableRandom(1);
        var alive = new boolean[COUNT];
        return IntStream.range(0, COUNT)
                .mapToObj(i -> {
                    int id = random.nextInt(COUNT / 4);
                    var operation = !alive[id] ? "I" : random.nextInt(3) == 0 ? "D" : "U";
                    alive[id] = !"D".equals(operation);
                    return event(i, operation, narrow(id));
                })
                .toList();
    }

    /** Updates of the same rows again and again. */
    static List<Event> hotKeys() {
        return IntStream.range(0, COUNT)
                .mapToObj(i -> event(i, "U", narrow(i % HOT_KEYS)))
                .toList();
    }

    private static Event event(int index, String operation, String data) {
        return event(index, operation, data, null);
    }

    private static Event event(int index, String operation, String data, String record) {
        return new Event(
                1_000_000L + index,
                TIME,
                5_000L + index / 1_000,
                0,
                operation + ":id",
                data,
                "public.t",
                null,
                null,
                record);
    }

    private static String narrow(int id) {
        return "{\"id\":" + id + ",\"k\":" + id % 1_000 + ",\"v\":\"" + TEXT
                + "\",\"ts\":\"2026-01-01T12:00:00+00:00\",\"amount\":" + id / 100.0 + "}";
    }

    private static String wide(int id) {
        return IntStream.range(1, WIDE_COLUMNS)
                .mapToObj(i -> "\"c" + i + "\":" + (i % 2 == 0 ? id / 100.0 : '"' + TEXT.substring(32) + '"'))
                .collect(Collectors.joining(",", "{\"id\":" + id + ",", "}"));
    }
}
