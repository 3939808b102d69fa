package dev.londiste.pgq.component;

import dev.londiste.pgq.BatchSource;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqSubconsumer;
import dev.londiste.pgq.PollOptions;
import dev.londiste.pgq.component.consume.ConsumerStatus;
import dev.londiste.pgq.component.consume.Exclusive;
import dev.londiste.pgq.component.consume.ParticipantGroup;
import dev.londiste.pgq.component.consume.Polls;
import dev.londiste.pgq.component.consume.Registration;
import dev.londiste.pgq.component.consume.Skipping;
import dev.londiste.pgq.component.failure.FailurePolicies;
import dev.londiste.pgq.component.route.ConcurrentEvents;
import dev.londiste.pgq.component.route.EventBody;
import dev.londiste.pgq.component.route.EventByEvent;
import dev.londiste.pgq.component.route.EventRoute;
import dev.londiste.pgq.component.route.ExchangeRunner;
import dev.londiste.pgq.component.route.Progress;
import dev.londiste.pgq.component.route.Routing;
import dev.londiste.pgq.component.route.WholeBatch;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventFilter;
import dev.londiste.pgq.read.EventPages;
import dev.londiste.pgq.read.FetchSize;
import java.util.function.IntConsumer;

/** Puts together what a consumer needs, as its endpoint says. Used once per start. */
final class ConsumerSetup {

    private final PgqConsumer consumer;
    private final PgqEndpoint endpoint;
    private final PgqConfiguration configuration;
    private final PgqConsumerClient client;
    private final ParticipantGroup participants;
    private final BatchReader reader;
    /** Whether anything of this consumer lives in a session; nothing does behind a proxy that pools transactions. */
    private final boolean needsSession;

    ConsumerSetup(PgqConsumer consumer, PgqEndpoint endpoint) {
        this.consumer = consumer;
        this.endpoint = endpoint;
        this.configuration = endpoint.getConfiguration();
        this.needsSession = configuration.isExclusive() || configuration.isNotify();
        // What is set in a session behind a proxy that pools transactions would be somebody else's next.
        var connections = needsSession ? endpoint.provider().connections() : configuration.getDataSource();
        this.client = new PgqConsumerClient(connections, endpoint.getQueue(), configuration.getConsumerName());
        this.participants = new ParticipantGroup(
                PgqParticipants.of(endpoint.getCamelContext()),
                configuration.getDataSource(),
                client.queue(),
                client.consumer());
        this.reader = new BatchReader(
                connections,
                new EventFilter(
                        EventFilter.globs(configuration.getTables()),
                        EventFilter.globs(configuration.getEventTypes()),
                        configuration.getFilter()),
                new FetchSize(configuration.getFetchSize()),
                endpoint.provider().watch());
    }

    Exclusive exclusive() {
        // Workers that share a consumer do not exclude each other, but each name is to be used once.
        var name = configuration.getSubconsumer() == null
                ? client.consumer()
                : client.consumer() + "." + configuration.getSubconsumer();
        return configuration.isExclusive()
                ? new Exclusive.ByLock(endpoint.provider().standing(), client.queue(), name)
                : Exclusive.NOT;
    }

    Polls polls(Exclusive exclusive, ConsumerStatus status, IntConsumer pending) {
        requireFit();
        return new Polls(
                client,
                source(),
                new PollOptions(
                        configuration.isTicker(),
                        configuration.getMinLag(),
                        configuration.getMinCount(),
                        configuration.getMinInterval()),
                exclusive,
                new Registration(configuration, client, participants),
                participants,
                routing(pending),
                new Skipping(reader, client, hold()),
                status,
                configuration.getRetryDelay());
    }

    private EventPages.Hold hold() {
        return needsSession ? EventPages.Hold.WITHOUT_TRANSACTION : EventPages.Hold.WITHOUT_SESSION;
    }

    private BatchSource source() {
        return configuration.getSubconsumer() == null
                ? client
                : new PgqSubconsumer(
                        client.database(),
                        client.queue(),
                        client.consumer(),
                        configuration.getSubconsumer(),
                        configuration.getDeadInterval(),
                        consumer.keepers());
    }

    private Routing routing(IntConsumer pending) {
        var runner = new ExchangeRunner(consumer);
        if (configuration.isBatching()) {
            return new WholeBatch(reader, runner, consumer::isBatchAllowed);
        }
        int threads = configuration.getMaxInFlight();
        var route = new EventRoute(
                reader,
                hold(),
                runner,
                EventBody.of(configuration.getBodyType()),
                FailurePolicies.of(configuration, client),
                new Progress(() -> !participants.isEmpty()),
                consumer::isBatchAllowed,
                pending);
        return threads > 1 ? new ConcurrentEvents(route, consumer.pool(threads)) : new EventByEvent(route);
    }

    private void requireFit() {
        boolean abort = configuration.getOnFailure() == OnFailure.ABORT_BATCH;
        boolean concurrent = configuration.getMaxInFlight() > 1;
        if (configuration.isBatching() && !abort) {
            throw refused("batching=true needs onFailure=ABORT_BATCH, since a failed exchange is the whole batch");
        }
        if (configuration.isBatching() && concurrent) {
            throw refused("batching=true needs maxInFlight=1, since a batch is one exchange");
        }
        if (!participants.isEmpty() && (!abort || concurrent || configuration.getSubconsumer() != null)) {
            throw refused("it has participants, which need onFailure=ABORT_BATCH, maxInFlight=1 and no subconsumer");
        }
    }

    private IllegalArgumentException refused(String why) {
        return new IllegalArgumentException(
                "Consumer " + client.consumer() + " of queue " + client.queue() + ": " + why);
    }
}
