package dev.londiste.sql.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.londiste.sql.pgq.ExtensionServer;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * psql scripts in the manner of PgQ's own regression tests, run on the C extension and on our SQL, on one server: psql
 * prints the same, results and errors alike. Skipped where the packages are absent.
 */
@Timeout(60)
class PgqScriptsIT {

    private static final List<String> ROLES = List.of("admin", "writer", "reader");

    private static PostgresServer server;

    @BeforeAll
    static void startServer() throws Exception {
        ClientProgram.require("postgresql-client", "psql", "--version");
        var started = ExtensionServer.start();
        assumeTrue(started.isPresent(), "postgresql-15 with postgresql-15-pgq3 is not installed");
        server = started.get();
        var any = TestDatabase.on(server);
        any.install("pgq");
        ROLES.forEach(role -> any.execute("create role script_" + role + " in role pgq_" + role));
        any.execute("create role script_nobody");
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "insert", "errors", "roles", "triggers"})
    void psqlPrintsTheSameOnTheExtensionAndOnOurSql(String script) throws IOException {
        var onExtension = run(script, database -> database.execute("create extension pgq"));
        assertThat(onExtension).doesNotContain("could not connect", "psql: error");
        assertThat(run(script, database -> database.install("pgq"))).isEqualTo(onExtension);
    }

    private static String run(String script, Consumer<TestDatabase> install) throws IOException {
        var database = TestDatabase.on(server);
        install.accept(database);
        var file = ClientProgram.resource("/pgq-scripts/" + script + ".sql");
        var connection = ClientProgram.connectionString(database, database.name());
        try (var psql = ClientProgram.start(List.of("psql", "-Xqa", "-d", connection, "-f", file.toString()))) {
            assertThat(psql.exitCode()).isZero();
            return psql.output();
        }
    }
}
