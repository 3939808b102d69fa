package dev.londiste.pgq;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/** Who takes part in the batches of which consumer. Thread-safe; one per Camel context. */
public final class Participants {

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** Takes part from the consumer's next poll on, until the answer is closed. */
    public Registration register(DataSource provider, String queue, String consumer, BatchParticipant participant) {
        var entry = new Entry(provider, queue, consumer, participant);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    /** The participants of one consumer in the order of their registration. */
    public List<BatchParticipant> of(DataSource provider, String queue, String consumer) {
        return entries.stream()
                .filter(entry -> entry.concerns(provider, queue, consumer))
                .map(entry -> entry.participant)
                .toList();
    }

    /** Ends a participation when closed; closing again does nothing. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Equal only to itself: a participant may be registered twice. */
    private static final class Entry {

        private final DataSource provider;
        private final String queue;
        private final String consumer;
        private final BatchParticipant participant;

        Entry(DataSource provider, String queue, String consumer, BatchParticipant participant) {
            this.provider = Objects.requireNonNull(provider, "provider");
            this.queue = Objects.requireNonNull(queue, "queue");
            this.consumer = Objects.requireNonNull(consumer, "consumer");
            this.participant = Objects.requireNonNull(participant, "participant");
        }

        boolean concerns(DataSource otherProvider, String otherQueue, String otherConsumer) {
            return provider == otherProvider && queue.equals(otherQueue) && consumer.equals(otherConsumer);
        }
    }
}
