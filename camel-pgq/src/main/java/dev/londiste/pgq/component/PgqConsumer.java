package dev.londiste.pgq.component;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.component.consume.EventBody;
import dev.londiste.pgq.component.consume.EventByEvent;
import dev.londiste.pgq.component.consume.ExchangeRunner;
import dev.londiste.pgq.component.consume.Exclusive;
import dev.londiste.pgq.component.consume.FailurePolicies;
import dev.londiste.pgq.component.consume.OncePerCause;
import dev.londiste.pgq.component.consume.ParticipantGroup;
import dev.londiste.pgq.component.consume.Polls;
import dev.londiste.pgq.component.consume.Progress;
import dev.londiste.pgq.component.consume.Provider;
import dev.londiste.pgq.component.consume.Registration;
import dev.londiste.pgq.component.consume.Routing;
import dev.londiste.pgq.component.consume.WakeableScheduler;
import dev.londiste.pgq.component.consume.WholeBatch;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventFilter;
import dev.londiste.pgq.read.FetchSize;
import java.time.Duration;
import java.util.Queue;
import org.apache.camel.Processor;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consumes the batches of a queue on the scheduler's thread; all work is done by {@link Polls}. */
public class PgqConsumer extends ScheduledBatchPollingConsumer {

    private static final Logger LOG = LoggerFactory.getLogger(PgqConsumer.class);

    private final PgqEndpoint endpoint;
    private final PgqConfiguration configuration;
    private OncePerCause failures;
    private Exclusive exclusive = Exclusive.NOT;
    private Polls polls;
    private AutoCloseable ticks = () -> {};

    public PgqConsumer(PgqEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.configuration = endpoint.getConfiguration();
    }

    @Override
    protected void doStart() throws Exception {
        if (failures == null) {
            failures = new OncePerCause(getExceptionHandler());
            setExceptionHandler(failures);
        }
        open(endpoint.provider());
        if (configuration.isNotify() && isSchedulerOurs()) {
            listen(endpoint.provider());
        }
        super.doStart();
    }

    /** Not when the user has named a scheduler, a thread pool or a fixed rate. */
    private boolean isSchedulerOurs() {
        return getScheduledExecutorService() == null
                && isUseFixedDelay()
                && (getScheduler() == null || getScheduler() instanceof WakeableScheduler);
    }

    private void listen(Provider provider) {
        var scheduler = new WakeableScheduler(
                Duration.of(getInitialDelay(), getTimeUnit().toChronoUnit()),
                Duration.of(getDelay(), getTimeUnit().toChronoUnit()));
        setScheduler(scheduler);
        ticks = provider.standing().onTick(queue -> {
            if (queue == null || queue.equals(endpoint.getQueue())) {
                scheduler.wake();
            }
        });
    }

    private void open(Provider provider) {
        var client = new PgqConsumerClient(
                configuration.getDataSource(), endpoint.getQueue(), configuration.getConsumerName());
        var participants = new ParticipantGroup(
                PgqParticipants.of(endpoint.getCamelContext()), client.database(), client.queue(), client.consumer());
        requireFit(participants);
        exclusive = configuration.isExclusive()
                ? new Exclusive.ByLock(provider.standing(), client.queue(), client.consumer())
                : Exclusive.NOT;
        polls = new Polls(
                client,
                pollOptions(),
                exclusive,
                new Registration(configuration, client, participants),
                participants,
                routing(client, participants),
                configuration.getRetryDelay());
        prepare();
        if (configuration.isTicker()) {
            provider.maintain();
        }
    }

    /** A wrong configuration stops the start; a server that is down does not: the polls go on trying. */
    private void prepare() {
        try {
            polls.prepare();
        } catch (PgqException e) {
            if (!Jdbc.isConnectionFailure(e)) {
                throw e;
            }
            LOG.warn(
                    "{}/{} - not connected, will try again: {}",
                    endpoint.getQueue(),
                    configuration.getConsumerName(),
                    e.getMessage());
        }
    }

    private void requireFit(ParticipantGroup participants) {
        if (configuration.isBatching() && configuration.getOnFailure() != OnFailure.ABORT_BATCH) {
            throw new IllegalArgumentException("Consumer " + configuration.getConsumerName() + " of queue "
                    + endpoint.getQueue()
                    + ": batching=true needs onFailure=ABORT_BATCH, since a failed exchange is the"
                    + " whole batch");
        }
        if (!participants.isEmpty() && configuration.getOnFailure() != OnFailure.ABORT_BATCH) {
            throw new IllegalArgumentException("Consumer " + configuration.getConsumerName() + " of queue "
                    + endpoint.getQueue() + " has participants, which need onFailure=ABORT_BATCH");
        }
    }

    private PollOptions pollOptions() {
        return new PollOptions(
                configuration.isTicker(),
                configuration.getMinLag(),
                configuration.getMinCount(),
                configuration.getMinInterval());
    }

    private Routing routing(PgqConsumerClient client, ParticipantGroup participants) {
        var filter = new EventFilter(
                EventFilter.globs(configuration.getTables()),
                EventFilter.globs(configuration.getEventTypes()),
                configuration.getFilter());
        var reader =
                new BatchReader(configuration.getDataSource(), filter, new FetchSize(configuration.getFetchSize()));
        var runner = new ExchangeRunner(this);
        if (configuration.isBatching()) {
            return new WholeBatch(reader, runner, this::isBatchAllowed);
        }
        return new EventByEvent(
                reader,
                runner,
                EventBody.of(configuration.getBodyType()),
                FailurePolicies.of(configuration, client),
                new Progress(() -> !participants.isEmpty()),
                this::isBatchAllowed,
                count -> pendingExchanges = count);
    }

    @Override
    protected int poll() {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        int done = polls.poll();
        forceConsumerAsReady();
        failures.reset();
        return done;
    }

    @Override
    protected void doStop() throws Exception {
        ticks.close();
        super.doStop();
        try {
            exclusive.release();
        } catch (PgqException e) {
            LOG.debug("{}/{} - {}", endpoint.getQueue(), configuration.getConsumerName(), e.getMessage());
        }
    }

    /** The batch is read by {@link Polls}, exchange by exchange. */
    @Override
    public int processBatch(Queue<Object> exchanges) {
        throw new UnsupportedOperationException("Batches are not handed over as a queue");
    }
}
