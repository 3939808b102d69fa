package dev.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ParticipantsTest {

    private final DataSource provider = new PGSimpleDataSource();
    private final Participants participants = new Participants();

    @Test
    void areThoseOfOneConsumerOnOneProvider() {
        var first = new Nobody();
        var second = new Nobody();
        participants.register(provider, "q", "c", first);
        participants.register(provider, "q", "c", second);
        participants.register(provider, "q", "other", new Nobody());
        participants.register(provider, "other", "c", new Nobody());
        participants.register(new PGSimpleDataSource(), "q", "c", new Nobody());

        assertThat(participants.of(provider, "q", "c")).containsExactly(first, second);
    }

    @Test
    void leaveWhenTheirRegistrationIsClosed() {
        var same = new Nobody();
        participants.register(provider, "q", "c", same);
        var second = participants.register(provider, "q", "c", same);

        second.close();
        second.close();

        assertThat(participants.of(provider, "q", "c")).hasSize(1);
    }

    private static final class Nobody implements BatchParticipant {
        @Override
        public Optional<Tick> position() {
            return Optional.empty();
        }

        @Override
        public void idle() {}

        @Override
        public Stance begin(Batch batch) {
            return Stance.ACTIVE;
        }

        @Override
        public void commit(Batch batch) {}

        @Override
        public void rollback(Batch batch, Throwable cause) {}
    }
}
