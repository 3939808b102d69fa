package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.Objects;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * A queue of the subscriber that has every event and every tick of the queue that the job follows. Its events are in the
 * transaction that applies the batch, and its ticks in transactions of their own: one that sees the events of a batch can
 * only be made after that commit. The crash window between the two is closed by whoever continues: the tick before a batch
 * is made, if it is missing, before an event of the batch is inserted (C37). A batch that does not begin where the events of
 * the queue end is a lost position: a tick would close the gap for those who follow. Not thread-safe.
 */
public final class MirrorQueue implements Mirror {

    private static final String BEGIN = """
            select londiste.begin_mirror(?, ?, ?, ?, ?)
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
    /** Made by this process, and no batch has begun since. */
    private Long lastTick;

    /** Taken from those who wish it, and not made yet. */
    private boolean tickWanted;

    public MirrorQueue(Job job, String name) {
        this.job = job;
        this.name = name;
    }

    /** An idle provider makes no tick for a while, and those who follow the mirror should not wait for that (C28). */
    @Override
    public void idle() {
        tickWanted |= bounded(job.subscriber()).one(TAKE_WISH, row -> row.getBoolean(1), name);
        if (tickWanted) {
            bounded(job.provider()).one(FORCE_TICK, row -> true, job.queue());
            tickWanted = false;
        }
    }

    /** Somebody may hold the lock of the queue or the wish for long, and a participant may not block its consumer. */
    private Jdbc bounded(DataSource database) {
        return new Jdbc(database).lockTimeout(job.lockTimeout());
    }

    @Override
    public void beginning(Batch batch) {
        if (!Objects.equals(batch.previous().id(), lastTick)) {
            JobPosition.explained(batch, () -> {
                inTransaction(session -> session.one(
                        BEGIN,
                        row -> true,
                        job.queue(),
                        name,
                        batch.previous().id(),
                        batch.previous().time(),
                        batch.previousEventSeq()));
                return null;
            });
        }
        lastTick = null;
    }

    @Override
    public Events open(JdbcSession session, Batch batch) {
        return new MirroredEvents(session, name, batch);
    }

    @Override
    public void ticked(Batch batch) {
        long id = batch.tick().id();
        if (!Objects.equals(id, lastTick)) {
            inTransaction(session ->
                    session.one(TICK, row -> true, name, id, batch.tick().time(), batch.eventSeq()));
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
