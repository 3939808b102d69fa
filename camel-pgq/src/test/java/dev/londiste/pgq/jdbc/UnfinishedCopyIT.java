package dev.londiste.pgq.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

@Timeout(60)
class UnfinishedCopyIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = database.connect();
        connection.setAutoCommit(false);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1_000_000})
    void afterOneThatWasReadInPartEachStatementGetsItsOwnAnswer(int rows) throws SQLException {
        var copy = copies().copyOut("copy (select generate_series(1, " + rows + ")) to stdout");
        copy.readFromCopy();

        UnfinishedCopy.end(connection, copy);

        connection.rollback();
        var session = new JdbcSession(connection);
        assertThat(session.<Integer>one("select 42", row -> row.getInt(1))).isEqualTo(42);
        assertThat(session.<String>one("show client_encoding", row -> row.getString(1)))
                .isEqualTo("UTF8");
    }

    @Test
    void whatWasWrittenInPartIsNotThere() throws SQLException {
        database.execute("create table written (id int)");
        var copy = copies().copyIn("copy written from stdin");
        copy.writeToCopy("1\n".getBytes(StandardCharsets.US_ASCII), 0, 2);

        UnfinishedCopy.end(connection, copy);

        connection.rollback();
        assertThat(database.<Long>value("select count(*) from written")).isZero();
    }

    @Test
    void theNextStatementOfABrokenConnectionFailsAndDoesNotHang() throws SQLException {
        var copy = copies().copyOut("copy (select repeat('x', 1000) from generate_series(1, 1000000)) to stdout");
        copy.readFromCopy();
        database.execute("select pg_terminate_backend("
                + connection.unwrap(PGConnection.class).getBackendPID() + ")");

        UnfinishedCopy.end(connection, copy);

        assertThatThrownBy(() -> new JdbcSession(connection).execute("select 1"))
                .isInstanceOf(PgqException.class);
    }

    @Test
    void aConnectionWhoseCopyCannotBeCancelledIsClosed() throws SQLException {
        var copy = copies().copyOut("copy (select generate_series(1, 1000000)) to stdout");
        copy.readFromCopy();
        var withoutCancel = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("unwrap")) {
                        throw new SQLException("The server is out of reach");
                    }
                    return method.invoke(connection, arguments);
                });

        UnfinishedCopy.end(withoutCancel, copy);

        assertThat(connection.isClosed()).isTrue();
    }

    private CopyManager copies() throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }
}
