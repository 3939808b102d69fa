package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchLeftException;
import dev.londiste.pgq.BatchParticipant;
import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.pgq.Participants;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.Tick;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** All participants of one consumer as if they were one. Not thread-safe. */
public final class ParticipantGroup {

    private final Participants participants;
    private final DataSource provider;
    private final String queue;
    private final String consumer;
    /** Those who answered ACTIVE to the batch in hand and have not ended it yet. */
    private final List<BatchParticipant> active = new ArrayList<>();

    public ParticipantGroup(Participants participants, DataSource provider, String queue, String consumer) {
        this.participants = participants;
        this.provider = provider;
        this.queue = queue;
        this.consumer = consumer;
    }

    public boolean isEmpty() {
        return all().isEmpty();
    }

    /** The earliest position of all; who is further has applied the batches between. */
    Optional<Tick> position() {
        return all().stream()
                .map(BatchParticipant::position)
                .flatMap(Optional::stream)
                .min(Comparator.comparingLong(Tick::id));
    }

    void idle() {
        all().forEach(BatchParticipant::idle);
    }

    /** Standing by if one does, already applied if all say so, else active; none is left active when one fails. */
    Stance begin(Batch batch) {
        active.clear();
        try {
            return begin(batch, all());
        } catch (RuntimeException | Error e) {
            rollback(batch, e);
            throw e;
        }
    }

    private Stance begin(Batch batch, List<BatchParticipant> all) {
        for (var participant : all) {
            switch (participant.begin(batch)) {
                case ACTIVE -> active.add(participant);
                case ALREADY_APPLIED -> {}
                case STANDING_BY -> {
                    rollback(batch, new BatchLeftException("Another participant stands by", Facts.of(batch)));
                    return Stance.STANDING_BY;
                }
            }
        }
        return all.isEmpty() || !active.isEmpty() ? Stance.ACTIVE : Stance.ALREADY_APPLIED;
    }

    void commit(Batch batch, OptionalLong events) {
        active.forEach(participant -> participant.routed(batch, events));
        while (!active.isEmpty()) {
            active.get(0).commit(batch);
            active.remove(0);
        }
    }

    /** Rolls back all that have not committed; what fails in it is added to {@code cause}. */
    void rollback(Batch batch, Throwable cause) {
        for (var participant : List.copyOf(active)) {
            try {
                participant.rollback(batch, cause);
            } catch (RuntimeException e) {
                cause.addSuppressed(e);
            }
        }
        active.clear();
    }

    private List<BatchParticipant> all() {
        return participants.of(provider, queue, consumer);
    }
}
