package dev.londiste.replication.apply;

/** What becomes of a change whose row is not as the provider left it. A delete that finds no row is never a conflict. */
public enum OnConflict {
    /** The change fails. */
    STOP,
    /** The provider's row wins: a row that is there already is updated, one that is missing is inserted. */
    OVERWRITE,
    /** The subscriber's row stays, or stays away. */
    SKIP
}
