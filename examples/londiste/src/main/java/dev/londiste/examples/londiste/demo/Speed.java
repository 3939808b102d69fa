package dev.londiste.examples.londiste.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a counter has grown over the last seconds. Not thread-safe. */
final class Speed {

    private static final long WINDOW = Duration.ofSeconds(3).toNanos();

    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(long count, long nanos) {}

    /** Takes a reading and answers the growth per second since the oldest one that counts. */
    double perSecond(long count, long nanos) {
        readings.addLast(new Reading(count, nanos));
        while (readings.size() > 2 && nanos - readings.getFirst().nanos() > WINDOW) {
            readings.removeFirst();
        }
        var oldest = readings.getFirst();
        double seconds = (nanos - oldest.nanos()) / 1e9;
        return seconds <= 0 ? 0 : (count - oldest.count()) / seconds;
    }
}
