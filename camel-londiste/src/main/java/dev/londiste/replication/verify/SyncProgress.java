package dev.londiste.replication.verify;

/**
 * How far a job is on its way to be in sync. Immutable.
 *
 * @param tablesOk how many of the tables are ok
 * @param appliedTick where the replay stands; null when it has no position yet
 * @param awaitedTick the tick that it has to reach
 */
public record SyncProgress(String job, int tablesOk, int tables, Long appliedTick, long awaitedTick) {

    boolean isInSync() {
        return tablesOk == tables && appliedTick != null && appliedTick >= awaitedTick;
    }
}
