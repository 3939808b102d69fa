package dev.londiste.examples.benchmark.capture;

import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.SqlScripts;
import java.sql.SQLException;

/** A way of capturing the changes of the table {@code t}. */
public enum Capture {
    NONE {
        @Override
        void on(Database database) {
            // nothing
        }
    },
    C_TRIGGER {
        @Override
        void on(Database database) throws SQLException {
            database.execute("create extension pgq");
            database.execute("select pgq.create_queue('" + QUEUE + "')");
            database.execute("create trigger capture after insert or update or delete on t"
                    + " for each row execute procedure pgq.logutriga('" + QUEUE + "')");
        }
    },
    ROW {
        @Override
        void on(Database database) throws SQLException {
            add(database, "row");
        }
    },
    STATEMENT {
        @Override
        void on(Database database) throws SQLException {
            add(database, "statement");
        }
    };

    private static final String QUEUE = "benchmark";

    abstract void on(Database database) throws SQLException;

    private static void add(Database database, String capture) throws SQLException {
        new SqlScripts(database.dataSource()).install("pgq");
        new SqlScripts(database.dataSource()).install("londiste");
        new PgqQueue(database.dataSource(), QUEUE).create();
        database.value(
                "select londiste.provider_add_table('" + QUEUE + "', 'public.t', null, '" + capture + "', false)");
    }
}
