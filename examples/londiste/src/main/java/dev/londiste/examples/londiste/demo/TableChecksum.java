package dev.londiste.examples.londiste.demo;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * What a table holds, as one number: equal for equal rows in any order. Reads in one statement of its own.
 *
 * @param rows how many there are
 * @param sum of the md5 of each row's text, generated columns included
 */
record TableChecksum(long rows, String sum) {

    /** The text of a value must not depend on the server's configuration. */
    private static final String SETTINGS = """
            set local DateStyle = 'ISO, YMD';
            set local IntervalStyle = 'postgres';
            set local TimeZone = 'UTC';
            set local extra_float_digits = 3;
            set local bytea_output = 'hex';
            set local search_path = 'pg_catalog';
            set local row_security = off;
            """;

    /** Added up, not chained: no sort, and a row that is there twice counts twice. */
    private static final String QUERY = """
            select count(*),
                   lpad(to_hex((sum(('x' || left(hash, 16))::bit(64)::bigint::numeric) %% 9223372036854775807)::bigint), 16, '0')
                || lpad(to_hex((sum(('x' || right(hash, 16))::bit(64)::bigint::numeric) %% 9223372036854775807)::bigint), 16, '0')
            from (select md5(r::text) as hash from %s r) rows
            """;

    /** Reads one table of the shop, named {@code schema.table}. */
    static TableChecksum of(DataSource server, String table) throws SQLException {
        try (var connection = server.getConnection()) {
            connection.setAutoCommit(false);
            try {
                return read(connection, table);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static TableChecksum read(Connection connection, String table) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(SETTINGS);
            try (var result = statement.executeQuery(QUERY.formatted(quoted(table)))) {
                result.next();
                return new TableChecksum(result.getLong(1), result.getString(2));
            }
        }
    }

    private static String quoted(String table) {
        return "\"" + table.replace(".", "\".\"") + "\"";
    }
}
