package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchLeftException;
import dev.londiste.pgq.BatchSource;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.SqlStates;
import dev.londiste.pgq.component.route.Routing;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of one consumer, poll by poll. A batch goes through: participants begin, its exchanges are routed,
 * participants commit, the batch is finished. A crash or failure before the last step leaves the batch open, and it comes
 * again: what has been handed out is seen at least once, and participants recognise what they have committed. Not
 * thread-safe: polls come one after the other.
 */
public final class Polls {

    private static final Logger LOG = LoggerFactory.getLogger(Polls.class);

    private final PgqConsumerClient client;
    private final BatchSource source;
    private final Exclusive exclusive;
    private final Registration registration;
    private final ParticipantGroup participants;
    private final Routing routing;
    private final Skipping skipping;
    private final RetryGate gate;
    private final ConsumerStatus status;
    private final Statistics statistics;
    private PollOptions options;
    private boolean prepared;
    /** The batch that a person gave up. */
    private final AtomicReference<GivenUp> givenUp = new AtomicReference<>();

    private record GivenUp(long batchId, String reason) {}

    public Polls(
            PgqConsumerClient client,
            BatchSource source,
            PollOptions options,
            Exclusive exclusive,
            Registration registration,
            ParticipantGroup participants,
            Routing routing,
            Skipping skipping,
            ConsumerStatus status,
            Duration retryDelay) {
        this.client = client;
        this.source = source;
        this.options = options;
        this.exclusive = exclusive;
        this.registration = registration;
        this.participants = participants;
        this.routing = routing;
        this.skipping = skipping;
        this.status = status;
        this.statistics = new Statistics(Clock.systemUTC(), client.queue() + "/" + client.consumer());
        this.gate = new RetryGate(System::nanoTime, retryDelay);
    }

    /** Registers before the first poll; a server that cannot be reached now is tried again by the polls. */
    public void prepare() {
        registration.ensure();
        prepared = true;
    }

    /**
     * One poll. While it waits for the next try of a failed batch it throws the failure again, so that whoever watches
     * the consumer sees it down.
     *
     * @return how many exchanges were routed, at least 1 when a batch was finished; 0 when there was nothing to do
     */
    public int poll() {
        if (givenUp.get() == null) {
            gate.closedBy().ifPresent(failure -> {
                throw failure;
            });
        }
        status.asking();
        try {
            boolean ours = exclusive.isOurs();
            status.role(ours);
            int done = ours ? work() : 0;
            gate.succeeded();
            statistics.log(status);
            return done;
        } catch (RuntimeException e) {
            prepared = prepared && !isNotRegistered(e);
            gate.failed(e);
            status.failed(e);
            throw e;
        }
    }

    private static boolean isNotRegistered(RuntimeException e) {
        return e instanceof PgqException known
                && (known.is(SqlStates.NOT_REGISTERED) || known.is(SqlStates.NO_SUCH_QUEUE));
    }

    private int work() {
        if (!prepared) {
            prepare();
        }
        var batch = next();
        status.polled(batch);
        // Another batch is none that anybody gave up; one that cannot be skipped now has failed, and waits as others
        // do.
        var asked = givenUp.getAndSet(null);
        if (batch == null) {
            participants.idle();
            return 0;
        }
        if (asked != null && asked.batchId() == batch.id()) {
            return skip(batch, asked.reason());
        }
        return switch (participants.begin(batch)) {
            case STANDING_BY -> 0;
            case ALREADY_APPLIED -> finish(batch, 0);
            case ACTIVE -> route(batch);
        };
    }

    private Batch next() {
        try {
            return source.poll(options).orElse(null);
        } catch (PgqException e) {
            if (options.tick() && e.is(SqlStates.INSUFFICIENT_PRIVILEGE)) {
                LOG.info("{}/{} - this role may not tick, another ticker has to", client.queue(), client.consumer());
                options = new PollOptions(false, options.minLag(), options.minCount(), options.minInterval());
                return source.poll(options).orElse(null);
            }
            throw e;
        }
    }

    private int route(Batch batch) {
        try {
            var result = routeAlive(batch);
            if (!result.complete()) {
                participants.rollback(batch, new BatchLeftException("The route is being stopped", Facts.of(batch)));
                return result.exchanges();
            }
            participants.commit(batch, result.events());
            return finish(batch, result.exchanges());
        } catch (RuntimeException | Error e) {
            participants.rollback(batch, e);
            throw e;
        }
    }

    private Routing.Result routeAlive(Batch batch) {
        var alive = source.keepAlive(batch);
        try {
            return routing.route(batch);
        } finally {
            alive.close();
        }
    }

    /**
     * Skips the batch in hand with the next poll: its events go to the failed queue. Any other batch stays what it is. May be
     * called by any thread.
     *
     * @throws IllegalStateException under a participant, which must see every event; or when there is no batch in hand
     */
    public void skipBatch(String reason) {
        var consumer = "Consumer " + client.consumer() + " of queue " + client.queue();
        if (!participants.isEmpty()) {
            throw new IllegalStateException(consumer + " has participants: none of its batches can be skipped");
        }
        long batchId = status.batchId()
                .orElseThrow(
                        () -> new IllegalStateException(consumer + " has no batch in hand: there is nothing to skip"));
        givenUp.set(new GivenUp(batchId, reason));
    }

    private int skip(Batch batch, String reason) {
        int events = skipping.skip(batch, reason);
        LOG.warn(
                "{}/{} - batch {} skipped, its {} events are in the failed queue: {}",
                batch.queue(),
                batch.consumer(),
                batch.id(),
                events,
                reason);
        return finish(batch, 0);
    }

    /** The participants have committed: from here on only this can come again, and they will answer ALREADY_APPLIED. */
    private int finish(Batch batch, int exchanges) {
        source.finish(batch);
        registration.finished(batch.tick());
        status.finished(exchanges);
        statistics.finished(exchanges);
        return Math.max(1, exchanges);
    }
}
