package dev.londiste.examples.benchmark;

import java.sql.SQLException;

/** A way of replicating the table {@code t} of one database to another. Used by one thread. */
interface Replication extends AutoCloseable {

    /** Makes what both sides need, without a single table. */
    void install() throws Exception;

    /** Replicates {@code t}: copies what is there, then goes on. Returns when the copy is done. */
    void addTable() throws Exception;

    /** Changes pile up on the provider from now on. */
    void pause() throws Exception;

    /** Applies what has piled up, and goes on. Returns at once. */
    void resume() throws Exception;

    @Override
    void close() throws SQLException;

    /** Makes a replication between two databases that have the table {@code t}. */
    interface Maker {
        Replication between(Database provider, Database subscriber) throws Exception;
    }
}
