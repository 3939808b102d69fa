package dev.londiste.pgq.jdbc;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.SqlStates;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes unchecked exceptions of those of JDBC: the server's own sentence, its hint, and the SQLSTATE. What the server tells
 * of rows, in values, details and contexts, is in neither message nor cause, since both end up in logs; the log of this
 * class has it at DEBUG.
 */
public final class SqlErrors {

    private static final Logger LOG = LoggerFactory.getLogger(SqlErrors.class);

    private static final Pattern OURS = Pattern.compile("\\b(pgq|pgq_client|londiste)\\.\\w+\\(");

    private static final String OLDER =
            "what is installed in this database is older than this program; operation INSTALL, or PROVIDER_INSTALL and"
                    + " SUBSCRIBER_INSTALL of londiste, or autoInstall=true upgrades it";

    /** Data, integrity, check option, and what triggers and functions of users raise: they tell of rows. */
    private static final Set<String> OF_ROWS = Set.of("22", "23", "44", "P0");

    /** Of class 22, but what these quote are names: parameters, columns, encodings. */
    private static final Set<String> QUOTES_NAMES = Set.of("22023", "22P04", "22P05", "22021");

    /**
     * Connection, state of the transaction, statements that a pooler lost, login, rollback, resources, state of objects such
     * as locks, operators, the system, the driver, foreign servers, internal errors.
     */
    private static final Set<String> OF_THE_SERVER =
            Set.of("08", "25", "26", "28", "3D", "40", "53", "55", "57", "58", "99", "HV", "XX");

    /** With the quotation marks of the languages that servers speak. */
    private static final Pattern QUOTED =
            Pattern.compile("[\"\u201c\u201d\u201e\u00ab\u00bb].*[\"\u201c\u201d\u201e\u00ab\u00bb]", Pattern.DOTALL);

    private SqlErrors() {}

    /** Whether it is what server and connection lack for the moment, and says nothing about rows, texts and tables. */
    public static boolean isOfTheServer(String sqlState) {
        return sqlState == null || sqlState.length() != 5 || OF_THE_SERVER.contains(sqlState.substring(0, 2));
    }

    public static PgqException failure(SQLException e) {
        return new PgqException(sentence(e), PgqException.Facts.NONE.sqlState(e.getSQLState()), withoutRows(e));
    }

    private static String sentence(SQLException e) {
        var message = message(e);
        var fromServer = serverError(e);
        if (fromServer == null) {
            return message;
        }
        if (SqlStates.UNDEFINED_FUNCTION.equals(e.getSQLState())
                && OURS.matcher(message).find()) {
            return message + ": " + OLDER;
        }
        return fromServer.getHint() == null ? message : ended(message) + " " + fromServer.getHint();
    }

    /** The server ends hints with a full stop, and not what they belong to. */
    private static String ended(String message) {
        return message.matches("(?s).*[.!?:;]\\s*") ? message.strip() : message + ".";
    }

    /** What went wrong, without the values of rows. */
    public static String message(SQLException e) {
        var fromServer = serverError(e);
        if (fromServer == null) {
            return e.getMessage();
        }
        var state = e.getSQLState();
        return state.startsWith("22") && !QUOTES_NAMES.contains(state)
                ? QUOTED.matcher(fromServer.getMessage()).replaceAll("\"...\"")
                : fromServer.getMessage();
    }

    /** The same failure, to be the cause of another: where the server tells of rows, one that does not. */
    public static SQLException withoutRows(SQLException e) {
        if (serverError(e) == null || !OF_ROWS.contains(e.getSQLState().substring(0, 2))) {
            return e;
        }
        LOG.debug("SQLSTATE {}", e.getSQLState(), e);
        var told = new SQLException(message(e), e.getSQLState());
        told.setStackTrace(e.getStackTrace());
        return told;
    }

    private static ServerErrorMessage serverError(SQLException e) {
        return e instanceof PSQLException fromServer ? fromServer.getServerErrorMessage() : null;
    }
}
