package dev.londiste.sql.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.londiste.testing.ExtensionServer;
import dev.londiste.testing.PostgresServer;
import dev.londiste.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

    @Test
    void psqlInstallsWhatTheOperationInstalls() throws IOException {
        var byPsql = TestDatabase.on(server);
        var folder = Files.isDirectory(Path.of("sql/pgq")) ? "sql/pgq" : "pgq";
        var command = "cat " + folder + "/*.sql | psql -Xq1 -v ON_ERROR_STOP=1 -d '"
                + ClientProgram.connectionString(byPsql, byPsql.name()) + "'";
        for (int i = 0; i < 2; i++) {
            try (var psql = ClientProgram.start(List.of("bash", "-c", command))) {
                assertThat(psql.exitCode()).as(psql.output()).isZero();
            }
        }
        var byOperation = TestDatabase.on(server);
        byOperation.install("pgq");
        assertThat(definitions(byPsql)).isEqualTo(definitions(byOperation)).hasSizeGreaterThan(200);
    }

    private static List<Object> definitions(TestDatabase database) {
        return database.rows("""
                        select pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') as definition
                          from pg_proc p where p.pronamespace::regnamespace::text ~ '^pgq'
                        union all
                        select attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod)
                          from pg_attribute join pg_class c on c.oid = attrelid
                         where c.relnamespace::regnamespace::text ~ '^pgq' and not attisdropped
                         order by 1
                        """).stream().map(row -> row.get("definition")).toList();
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
