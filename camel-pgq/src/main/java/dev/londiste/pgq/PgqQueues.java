package dev.londiste.pgq;

import dev.londiste.pgq.jdbc.Jdbc;
import java.util.List;
import javax.sql.DataSource;

/** All queues of a database. Thread-safe; each call is a transaction of its own. */
public final class PgqQueues {

    private static final String ALL = "select queue_name from pgq.get_queue_info() order by queue_name";

    private static final String TICKED = """
            select queue_name from pgq.get_queue_info()
            where not queue_external_ticker and not queue_ticker_paused
            order by queue_name
            """;

    private final DataSource database;
    private final Jdbc jdbc;

    public PgqQueues(DataSource database) {
        this.database = database;
        this.jdbc = new Jdbc(database);
    }

    public List<PgqQueue> all() {
        return read(ALL);
    }

    /** Those whose ticks come from this database's ticker, and are not paused. */
    public List<PgqQueue> ticked() {
        return read(TICKED);
    }

    private List<PgqQueue> read(String query) {
        return jdbc.query(query, row -> new PgqQueue(database, row.getString(1)));
    }
}
