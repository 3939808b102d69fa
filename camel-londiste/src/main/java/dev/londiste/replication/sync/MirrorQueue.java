package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A queue of the subscriber that has every event and every tick of the queue that the job follows. Its events are in the
 * transaction that applies the batch, and its ticks in transactions of their own: one that sees the events of a batch can
 * only be made after that commit. The crash window between the two is closed by whoever continues: the tick before a batch
 * is made, if it is missing, before an event of the batch is inserted (C37). Not thread-safe.
 */
public final class MirrorQueue implements Mirror {

    private static final String CREATE = """
            select londiste.create_mirror(?, ?)
            """;

    private static final String TICK = """
            select londiste.mirror_tick(?, ?, ?, ?)
            """;

    private static final String TAKE_WISH = """
            select londiste.take_tick_wish(?)
            """;

    private static final String FORCE_TICK = """
            select londiste.force_tick(?)
            """;

    private final Job job;
    private final String name;
    private boolean known;
    private long lastTick = Long.MIN_VALUE;

    public MirrorQueue(Job job, String name) {
        this.job = job;
        this.name = name;
    }

    /** An idle provider makes no tick for a while, and those who follow the mirror should not wait for that (C28). */
    @Override
    public void idle() {
        boolean wanted = new Jdbc(job.subscriber()).one(TAKE_WISH, row -> row.getBoolean(1), name);
        if (wanted) {
            new Jdbc(job.provider()).inTransaction(session -> session.one(FORCE_TICK, row -> true, job.queue()));
        }
    }

    @Override
    public void beginning(Batch batch) {
        if (!known) {
            inTransaction(session -> session.one(CREATE, row -> true, job.queue(), name));
            known = true;
        }
        tick(batch.previous().id(), batch.previous().time(), batch.previousEventSeq());
    }

    @Override
    public Events open(JdbcSession session) {
        return new MirroredEvents(session, name);
    }

    @Override
    public void ticked(Batch batch) {
        tick(batch.tick().id(), batch.tick().time(), batch.eventSeq());
    }

    private void tick(long id, Instant time, long eventSeq) {
        if (id > lastTick) {
            inTransaction(session -> session.one(TICK, row -> true, name, id, time, eventSeq));
            lastTick = id;
        }
    }

    private void inTransaction(Consumer<JdbcSession> work) {
        try (var transaction = OpenTransaction.readCommitted(job.subscriber(), job.lockTimeout())) {
            work.accept(transaction.session());
            transaction.commit();
        }
    }
}
