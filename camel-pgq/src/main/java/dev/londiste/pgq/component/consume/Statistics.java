package dev.londiste.pgq.component.consume;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line in the log an interval, when anything was done in it. Not thread-safe. */
final class Statistics {

    private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Clock clock;
    private final String name;
    private Instant since;
    private long batches;
    private long exchanges;

    Statistics(Clock clock, String name) {
        this.clock = clock;
        this.name = name;
        this.since = clock.instant();
    }

    void finished(int newExchanges) {
        batches++;
        exchanges += newExchanges;
    }

    void log(ConsumerStatus status) {
        var now = clock.instant();
        var passed = Duration.between(since, now);
        if (passed.compareTo(INTERVAL) < 0) {
            return;
        }
        if (exchanges > 0) {
            LOG.info(
                    "{} - {} exchanges in {} batches in {} s, lag {} ms",
                    name,
                    exchanges,
                    batches,
                    passed.toSeconds(),
                    status.lag().toMillis());
        }
        since = now;
        batches = 0;
        exchanges = 0;
    }
}
