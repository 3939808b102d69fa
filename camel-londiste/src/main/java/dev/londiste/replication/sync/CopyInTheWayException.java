package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException;
import java.util.List;

/** A script of the batch changes tables that are being copied: they go back to NEW, and the batch comes again (C36). */
final class CopyInTheWayException extends PgqException {

    private static final long serialVersionUID = 1L;

    private final transient List<SubscriberTable> tables;

    CopyInTheWayException(String sentence, Facts facts, List<SubscriberTable> tables) {
        super(sentence, facts, null);
        this.tables = List.copyOf(tables);
    }

    List<SubscriberTable> tables() {
        return tables;
    }
}
