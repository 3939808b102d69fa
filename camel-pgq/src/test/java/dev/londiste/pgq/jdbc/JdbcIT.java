package dev.londiste.pgq.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.PgqException;
import dev.londiste.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class JdbcIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final Jdbc jdbc = new Jdbc(database.dataSource());

    @BeforeEach
    void createTable() {
        database.execute(
                "drop table if exists t; create table t(id int primary key check (id > 0), at timestamptz, names text[])");
    }

    @Test
    void transactionIsCommittedWhenTheWorkReturns() {
        var now = Instant.parse("2026-11-23T01:02:03.456789Z");
        jdbc.inTransaction(session -> {
            session.update(JdbcSession.Expect.ONE, "insert into t values (?, ?, ?)", 1, now, new String[] {"a", null});
            return null;
        });

        assertThat(jdbc.<Boolean>one("select at = '2026-11-23 01:02:03.456789+00' from t", row -> row.getBoolean(1)))
                .isTrue();
        assertThat(jdbc.first("select id from t where id = 2", row -> row.getInt(1)))
                .isEmpty();
    }

    @Test
    void transactionIsRolledBackWhenTheWorkThrows() {
        assertThatThrownBy(() -> jdbc.inTransaction(session -> {
                    session.update("insert into t values (1)");
                    session.update("insert into t values (1)");
                    return null;
                }))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("23505"))
                .hasMessageNotContaining("(1)");

        assertThat(database.<Long>value("select count(*) from t")).isZero();
    }

    /** Logs print messages and stack traces; what the server tells of rows is in neither. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 'secret'::int                                   | 22P02 | invalid input syntax for type integer: \"...\"",
                "select 'se\"cret'::int                                 | 22P02 | type integer: \"...\"",
                "select '123456789012'::int                             | 22003 | value \"...\" is out of range for type integer",
                "select '2026-02-31'::date                              | 22008 | date/time field value out of range: \"...\"",
                "select '{\"secret\": 1x}'::json                        | 22P02 | invalid input syntax for type json",
                "insert into t(id, names) values (null, '{secret}')     | 23502 | null value in column \"id\" of relation \"t\"",
                "insert into t(id) values (4711), (4711)                | 23505 | unique constraint \"t_pkey\"",
                "insert into t(id, names) values (-1, '{secret}')       | 23514 | check constraint \"t_id_check\"",
                "select set_config('DateStyle', 'wrong', false)         | 22023 | \"DateStyle\": \"wrong\"",
            })
    void failuresShowNoRows(String sql, String sqlState, String sentence) {
        assertThatThrownBy(() -> jdbc.query(sql, row -> true))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo(sqlState))
                .hasMessageContaining(sentence)
                .hasStackTraceContaining("QueryExecutor")
                .satisfies(e -> assertThat(Throwables.getStackTrace(e))
                        .doesNotContain("secret", "cret'", "4711", "123456789012", "2026-02-31"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "it is wrong | it is wrong. Set it right.",
                "it is wrong. | it is wrong. Set it right.",
                "is it right? | is it right? Set it right."
            })
    void whatIsWrongAndWhatToDoAreTwoSentences(String message, String sentences) {
        assertThatThrownBy(() -> jdbc.inAutoCommit(session -> {
                    session.execute("do $$ begin raise exception using message = '" + message
                            + "', hint = 'Set it right.', errcode = 'LD009'; end $$");
                    return null;
                }))
                .hasMessage(sentences);
    }

    @Test
    void unexpectedRowCountIsAnError() {
        assertThatThrownBy(() -> jdbc.inTransaction(session -> {
                    session.update(JdbcSession.Expect.ONE, "delete from t");
                    return null;
                }))
                .hasMessageContaining("Expected to change 1 rows but changed 0");
    }

    @Test
    void connectionThatCannotBePutIntoItsModeGoesBack() throws SQLException {
        try (var connection = database.connect()) {
            var refusing = (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("setAutoCommit")) {
                            throw new SQLException("refused");
                        }
                        return method.invoke(connection, arguments);
                    });

            assertThatThrownBy(() -> BorrowedConnection.of(refusing).autoCommit(false))
                    .hasMessageContaining("refused");

            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void functionThatOlderSqlDoesNotHaveNamesTheWayOut() {
        database.execute("create schema if not exists pgq_client");
        assertThatThrownBy(() -> jdbc.query("select pgq_client.of_tomorrow(?)", row -> true, 1))
                .hasMessageContaining("pgq_client.of_tomorrow(integer) does not exist")
                .hasMessageContaining("INSTALL");
        assertThatThrownBy(() -> jdbc.query("select of_nobody()", row -> true))
                .hasMessageContaining("of_nobody() does not exist")
                .hasMessageNotContaining("INSTALL");
    }

    @Test
    void connectionsGoBackAsTheyCame() throws SQLException {
        var config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setAutoCommit(false);
        config.setMaximumPoolSize(1);
        try (var pool = new HikariDataSource(config)) {
            var pooled = new Jdbc(pool);
            assertThat(pooled.<Boolean>inAutoCommit(
                            session -> session.connection().getAutoCommit()))
                    .isTrue();
            try (var connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
            }
            pooled.update("insert into t values (1)");
            assertThat(database.<Long>value("select count(*) from t")).isEqualTo(1);
            assertThat(pooled.<Boolean>inTransaction(
                            session -> session.connection().getAutoCommit()))
                    .isFalse();
        }
    }
}
