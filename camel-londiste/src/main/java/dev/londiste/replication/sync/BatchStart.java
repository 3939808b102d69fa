package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.jdbc.JdbcSession.RowReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the transaction of a batch begins, in one round trip: its settings; the lock on the position, which is compared with
 * the batch (C17, C19); then the tables' states, which no copy can change any more until the transaction ends. Immutable.
 *
 * @param hasSequences whether sequences of the queue are registered
 * @param tables all tables of the queue
 */
record BatchStart(JobPosition.Standing standing, boolean hasSequences, List<SubscriberTable> tables) {

    private static final String REST = """
            select exists (select from londiste.subscriber_seq where queue_name = ?), set_config('lock_timeout', ?, true)""";

    private static final String STATEMENTS =
            String.join(";\n", OpenTransaction.READ_COMMITTED, JobPosition.BEGIN, REST, TableStates.ALL);

    /**
     * Begins the transaction.
     *
     * @param patience how long to wait for whoever holds the position now
     * @throws LostPositionException when the batch does not continue where the position is
     */
    static BatchStart in(OpenTransaction transaction, Job job, JobPosition position, Batch batch, Duration patience) {
        var standing = new ArrayList<JobPosition.Standing>(1);
        var sequences = new ArrayList<Boolean>(1);
        var tables = new ArrayList<SubscriberTable>();
        JobPosition.explained(batch, () -> {
            transaction
                    .session()
                    .inOneTrip(
                            STATEMENTS,
                            List.of(
                                    RowReader.NOTHING,
                                    row -> standing.add(JobPosition.Standing.of(row.getString(1))),
                                    row -> sequences.add(row.getBoolean(1)),
                                    row -> tables.add(TableStates.table(row))),
                            parameters(job, position, batch, patience));
            return null;
        });
        return new BatchStart(standing.get(0), sequences.get(0), List.copyOf(tables));
    }

    private static Object[] parameters(Job job, JobPosition position, Batch batch, Duration patience) {
        return Stream.of(
                        Stream.of(Long.toString(patience.toMillis())),
                        Stream.of(position.parameters(batch)),
                        Stream.of(job.queue(), Long.toString(job.lockTimeout().toMillis()), job.queue()))
                .flatMap(parameters -> parameters)
                .toArray();
    }
}
