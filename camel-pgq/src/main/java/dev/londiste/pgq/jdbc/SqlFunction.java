package dev.londiste.pgq.jdbc;

import java.sql.SQLException;

/** A function over JDBC objects. */
@FunctionalInterface
public interface SqlFunction<A, R> {
    R apply(A argument) throws SQLException;
}
