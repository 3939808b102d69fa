package dev.londiste.replication.apply;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.change.Change;

/**
 * A change could not be applied. It names event, table and SQLSTATE; the key of the row is a field of its own, since
 * messages are logged and row data is not. The subscriber's transaction is to be rolled back.
 */
public final class ApplyException extends PgqException {

    private static final long serialVersionUID = 1L;

    private final String key;

    public ApplyException(String sentence, Change change, String sqlState, Throwable cause) {
        super(sentence, Facts.NONE.event(change.eventId()).table(change.table()).sqlState(sqlState), cause);
        this.key = change.key();
    }

    /** The key of the row as {@code column=value,…}; empty for TRUNCATE. */
    public String key() {
        return key;
    }
}
