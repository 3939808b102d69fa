package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Batch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** What a consumer is doing, for those who watch it. Written by the polls, read by any thread. */
public final class ConsumerStatus {

    private final Clock clock;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong batchNanos = new AtomicLong();
    private volatile boolean active;
    private volatile Instant lastAnswer;
    private volatile Instant asked;
    private volatile Batch batch;
    private volatile Instant batchSince;
    private volatile String lastFailure;

    public ConsumerStatus(Clock clock) {
        this.clock = clock;
        this.lastAnswer = clock.instant();
    }

    void role(boolean isActive) {
        active = isActive;
        if (!isActive) {
            lastAnswer = clock.instant();
            asked = null;
            // Whoever is active has it in hand now.
            batch = null;
        }
    }

    /** A poll begins to ask the server. */
    void asking() {
        asked = clock.instant();
    }

    /** The server has answered a poll; null when there was no batch. */
    void polled(Batch found) {
        lastAnswer = clock.instant();
        asked = null;
        if (found == null) {
            batch = null;
        } else if (batch == null || batch.id() != found.id()) {
            batchSince = lastAnswer;
            batch = found;
        }
    }

    void finished(int exchanges) {
        events.addAndGet(exchanges);
        batches.incrementAndGet();
        batchNanos.addAndGet(batchAge().toNanos());
        batch = null;
        lastFailure = null;
    }

    void failed(RuntimeException cause) {
        asked = null;
        failures.incrementAndGet();
        lastFailure = cause.getMessage();
    }

    /** {@code active}, or {@code standby} while another process consumes. */
    public String role() {
        return active ? "active" : "standby";
    }

    /** The id of the batch in hand. */
    public Optional<Long> batchId() {
        return Optional.ofNullable(batch).map(Batch::id);
    }

    /** How long a poll has been waiting for the server; zero when none does. */
    public Duration silence() {
        var since = asked;
        return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
    }

    /** How long the batch in hand has been there. */
    public Duration batchAge() {
        return batch == null ? Duration.ZERO : Duration.between(batchSince, clock.instant());
    }

    /** How long ago the events in hand were ready; with none in hand, how long ago the server said so. */
    public Duration lag() {
        var open = batch;
        var since = open == null ? lastAnswer : open.tick().time();
        var lag = Duration.between(since, clock.instant());
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    public long events() {
        return events.get();
    }

    public long batches() {
        return batches.get();
    }

    /** How long all finished batches were open together. */
    public Duration batchTime() {
        return Duration.ofNanos(batchNanos.get());
    }

    public long failures() {
        return failures.get();
    }

    /** Why the last poll failed; empty after a batch that succeeded. */
    public Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
