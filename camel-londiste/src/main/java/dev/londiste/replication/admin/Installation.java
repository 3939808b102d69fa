package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.SqlScripts;
import dev.londiste.pgq.SqlStates;
import dev.londiste.pgq.jdbc.Jdbc;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** Our SQL in one database. Thread-safe; an installation is one transaction a schema. */
final class Installation {

    private static final String EXISTS = """
            select to_regprocedure('londiste.version()') is not null and to_regprocedure('pgq.version()') is not null
            """;

    private static final String VERSION = """
            select londiste.version()
            """;

    private final DataSource database;

    Installation(DataSource database) {
        this.database = database;
    }

    /** Installs or upgrades both schemas: a row for a result list. */
    Map<String, Object> install(String side) {
        var before = version();
        var scripts = new SqlScripts(database);
        scripts.install("pgq");
        scripts.install("londiste");
        var version = version();
        return Map.of("object", side, "version", version.orElseThrow(), "changed", !version.equals(before));
    }

    private Optional<String> version() {
        return new Jdbc(database).inAutoCommit(session -> {
            boolean installed = session.one(EXISTS, row -> row.getBoolean(1));
            return installed ? session.first(VERSION, row -> row.getString(1)) : Optional.<String>empty();
        });
    }

    /** Says what to do when a function of ours is missing; other errors stay as they are. */
    static PgqException explained(PgqException e, String side, String operation) {
        boolean unknown = e.is(SqlStates.UNDEFINED_FUNCTION) || e.is(SqlStates.UNDEFINED_TABLE);
        boolean missing = e.is(SqlStates.UNDEFINED_SCHEMA) || (unknown && mentionsUs(e));
        if (!missing) {
            return e;
        }
        return new PgqException(
                "Londiste is not installed in the " + side + " database, or is older than this jar; run " + operation,
                e.facts().sqlState(SqlStates.NOT_INSTALLED),
                e);
    }

    private static boolean mentionsUs(PgqException e) {
        return e.getMessage() != null && e.getMessage().matches("(?s).*\\b(londiste|pgq|pgq_client)\\..*");
    }
}
