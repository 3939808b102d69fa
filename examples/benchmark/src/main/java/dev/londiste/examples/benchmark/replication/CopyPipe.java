package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;

/** {@code copy to stdout | copy from stdin} and the primary key afterwards: the limit for a copy. It follows no change. */
public record CopyPipe(Database provider, Database subscriber) implements Replication {

    @Override
    public void install(List<String> tables) throws SQLException {
        subscriber.execute("alter table t drop constraint t_pkey");
    }

    @Override
    public void addTables() throws SQLException {
        try (var from = provider.connect();
                var to = subscriber.connect()) {
            var out = from.unwrap(PGConnection.class).getCopyAPI().copyOut("copy t to stdout (format binary)");
            var in = to.unwrap(PGConnection.class).getCopyAPI().copyIn("copy t from stdin (format binary)");
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                in.writeToCopy(row, 0, row.length);
            }
            in.endCopy();
        }
        subscriber.execute("alter table t add primary key (id)");
    }

    @Override
    public void pause() {
        throw new UnsupportedOperationException("a pipe follows no change");
    }

    @Override
    public void resume() {
        throw new UnsupportedOperationException("a pipe follows no change");
    }

    @Override
    public void close() {}
}
