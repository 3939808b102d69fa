package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.SqlStates;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** Makes unchecked exceptions of those of JDBC: the server's own sentence, its hint, and the SQLSTATE. */
public final class SqlErrors {

    private static final Pattern OURS = Pattern.compile("\\b(pgq|pgq_client|londiste)\\.\\w+\\(");

    private static final String OLDER =
            "what is installed in this database is older than this program; operation INSTALL, or PROVIDER_INSTALL and"
                    + " SUBSCRIBER_INSTALL of londiste, or autoInstall=true upgrades it";

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
            if (SqlStates.UNDEFINED_FUNCTION.equals(e.getSQLState())
                    && OURS.matcher(message.getMessage()).find()) {
                return message.getMessage() + ": " + OLDER;
            }
            return message.getHint() == null ? message.getMessage() : message.getMessage() + " " + message.getHint();
        }
        return e.getMessage();
    }
}
