package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import java.sql.SQLException;
import java.util.List;

/** A way of replicating tables of one database to another. Used by one thread. */
public interface Replication extends AutoCloseable {

    /** Makes what both sides need, for these tables, which both have. */
    void install(List<String> tables) throws Exception;

    /** Replicates the tables: copies what is there, then goes on. Returns when all are in step. */
    void addTables() throws Exception;

    /** Changes pile up on the provider from now on. */
    void pause() throws Exception;

    /** Applies what has piled up, and goes on. Returns at once. */
    void resume() throws Exception;

    @Override
    void close() throws SQLException;

    /** Makes a replication between two databases. */
    interface Maker {
        Replication between(Database provider, Database subscriber) throws Exception;
    }
}
