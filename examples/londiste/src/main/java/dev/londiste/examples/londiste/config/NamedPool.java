package dev.londiste.examples.londiste.config;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** A pool whose errors say which of the job's databases cannot be reached, and where it was looked for. Thread-safe. */
final class NamedPool extends HikariDataSource {

    private final String where;

    NamedPool(String where) {
        this.where = where;
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            return super.getConnection();
        } catch (SQLException e) {
            throw new SQLException(where + ": " + reason(e), e.getSQLState(), e);
        } catch (PoolInitializationException e) {
            throw new SQLException(where + ": " + e.getMessage(), e);
        }
    }

    /** The server's or the driver's sentence, and what the network says where the driver's says nothing. */
    private static String reason(SQLException e) {
        var sentence =
                String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("^[A-Z]+: ", "");
        return e.getCause() instanceof IOException network && !sentence.contains("refused")
                ? sentence.replaceFirst("\\.$", "") + ": " + network.toString().replaceFirst("^[\\w.]*\\.", "")
                : sentence;
    }
}
