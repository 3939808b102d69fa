package dev.londiste.examples.benchmark.capture;

import dev.londiste.examples.benchmark.server.Database;
import java.io.IOException;
import java.sql.SQLException;

/** Where capture is measured: one server for all ways of capturing. */
public interface CaptureServer extends AutoCloseable {

    /** A new database without a table of users. */
    Database database() throws SQLException;

    @Override
    void close() throws IOException;
}
