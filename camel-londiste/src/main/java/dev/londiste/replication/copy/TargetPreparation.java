package dev.londiste.replication.copy;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.SubscriberTable;

/**
 * Makes a table of the subscriber ready to be loaded: its triggers and indexes are dropped and saved, its rows removed
 * unless they are to stay. In the caller's transaction.
 */
record TargetPreparation(SubscriberTable table) {

    private static final String DROP_TRIGGERS = """
            select londiste.subscriber_drop_all_table_triggers(?)
            """;

    private static final String DROP_INDEXES = """
            select londiste.drop_table_indexes(?)
            """;

    private static final String EMPTY = """
            select londiste.empty_table(?)
            """;

    void run(JdbcSession session) {
        session.one(DROP_TRIGGERS, row -> true, table.target());
        session.one(DROP_INDEXES, row -> true, table.target());
        if (!table.skipTruncate()) {
            session.one(EMPTY, row -> true, table.target());
        }
    }
}
