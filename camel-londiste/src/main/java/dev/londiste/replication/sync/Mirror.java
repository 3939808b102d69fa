package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.Optional;

/** Where the events of replayed batches go beside the tables. Called by the replay, on its thread. */
public interface Mirror {

    /** Nowhere. */
    Mirror NONE = new Mirror() {

        @Override
        public void idle() {}

        @Override
        public void ticked(Batch batch) {}

        @Override
        public void beginning(Batch batch) {}

        @Override
        public Events open(JdbcSession session, Batch batch) {
            return Events.NONE;
        }
    };

    /** There is no batch: who waits for a tick may be helped to one. */
    void idle();

    /** The batch is about to be applied: everything before it is to be complete. */
    void beginning(Batch batch);

    /** The events of one batch, in the transaction that applies it. */
    Events open(JdbcSession session, Batch batch);

    /** The batch is committed, maybe long since: its tick is to be there (C37). */
    void ticked(Batch batch);

    /** Takes the events of one batch in their order. Not thread-safe. */
    interface Events {

        Events NONE = new Events() {
            @Override
            public Optional<String> queue() {
                return Optional.empty();
            }

            @Override
            public void add(Event event) {}

            @Override
            public boolean isFull() {
                return false;
            }

            @Override
            public void flush() {}

            @Override
            public void end() {}
        };

        /** Where they go. */
        Optional<String> queue();

        /** Keeps it. */
        void add(Event event);

        /** Whether it is time to flush. */
        boolean isFull();

        /** Inserts what was kept. */
        void flush();

        /** Inserts what was kept, which is the last of the batch. */
        void end();
    }
}
