package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** Makes unchecked exceptions of those of JDBC: the server's own sentence, its hint, and the SQLSTATE. */
public final class SqlErrors {

    private SqlErrors() {}

    public static PgqException failure(SQLException e) {
        return new PgqException(sentence(e), PgqException.Facts.NONE.sqlState(e.getSQLState()), e);
    }

    /**
     * The message without what may carry row data (detail, where); statement positions and the SQLSTATE stay with the
     * cause.
     */
    private static String sentence(SQLException e) {
        if (e instanceof PSQLException fromServer && fromServer.getServerErrorMessage() != null) {
            var message = fromServer.getServerErrorMessage();
            return message.getHint() == null ? message.getMessage() : message.getMessage() + " " + message.getHint();
        }
        return e.getMessage();
    }
}
