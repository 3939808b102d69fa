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
        long chunksInOrder) {

    public static final ApplyStatistics NONE = new ApplyStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public ApplyStatistics plus(ApplyStatistics other) {
        return new ApplyStatistics(
                changes + other.changes,
                inserts + other.inserts,
                updates + other.updates,
                deletes + other.deletes,
                truncates + other.truncates,
                missingDeletes + other.missingDeletes,
                conflicts + other.conflicts,
                failed + other.failed,
                chunks + other.chunks,
                chunksInOrder + other.chunksInOrder);
    }
}
