package dev.londiste.pgq.component.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchLeftException;
import dev.londiste.pgq.BatchParticipant;
import dev.londiste.pgq.BatchParticipant.Stance;
import dev.londiste.pgq.Participants;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ParticipantGroupTest {

    private static final Tick TICK = new Tick(1, Instant.EPOCH, TxidSnapshot.parse("1:1:"));
    private static final Batch BATCH = new Batch("q", "c", 1, TICK, TICK, 0, 0);

    private final PGSimpleDataSource provider = new PGSimpleDataSource();
    private final Participants participants = new Participants();
    private final ParticipantGroup group = new ParticipantGroup(participants, provider, "q", "c");
    private final List<String> calls = new ArrayList<>();

    @Test
    void participantThatHasBegunRollsBackWhenAnotherCannotBegin() {
        join("first", () -> Stance.ACTIVE);
        join("second", () -> {
            throw new IllegalStateException("cannot begin");
        });

        assertThatThrownBy(() -> group.begin(BATCH)).hasMessage("cannot begin");

        assertThat(calls).containsExactly("first begins", "second begins", "first rolls back");
    }

    @Test
    void participantThatHasBegunDoesNotFailWhenAnotherStandsBy() {
        join("first", () -> Stance.ACTIVE);
        join("second", () -> Stance.STANDING_BY);

        assertThat(group.begin(BATCH)).isEqualTo(Stance.STANDING_BY);

        assertThat(calls).containsExactly("first begins", "second begins", "first leaves the batch");
    }

    private void join(String name, Supplier<Stance> stance) {
        participants.register(provider, "q", "c", new BatchParticipant() {
            @Override
            public Optional<Tick> position() {
                return Optional.empty();
            }

            @Override
            public void idle() {
                calls.add(name + " is idle");
            }

            @Override
            public Stance begin(Batch batch) {
                calls.add(name + " begins");
                return stance.get();
            }

            @Override
            public void commit(Batch batch) {
                calls.add(name + " commits");
            }

            @Override
            public void rollback(Batch batch, Throwable cause) {
                calls.add(name + (cause instanceof BatchLeftException ? " leaves the batch" : " rolls back"));
            }
        });
    }
}
