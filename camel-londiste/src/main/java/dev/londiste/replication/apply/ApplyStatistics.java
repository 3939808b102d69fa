package dev.londiste.replication.apply;

/**
 * What one applier has done so far. Immutable.
 *
 * @param changes changes handed in
 * @param chunks chunks applied, of which
 * @param chunksInOrder were applied change by change, be it by need or after a set of net changes did not fit
 * @param missingDeletes deletes that found no row
 * @param conflicts inserts and updates that a policy of their table resolved
 * @param failed changes that the subscriber refused and the failed queue took
 */
public record ApplyStatistics(
        long changes,
        long inserts,
        long updates,
        long deletes,
        long truncates,
        long missingDeletes,
        long conflicts,
        long failed,
        long chunks,
        long chunksInOrder) {}
