package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.SqlScripts;
import dev.londiste.pgq.SqlStates;
import dev.londiste.pgq.SqlVersion;
import dev.londiste.pgq.jdbc.Jdbc;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Our SQL in one database. Thread-safe; an installation is one transaction a schema. */
final class Installation {

    private static final String EXISTS = """
            select to_regprocedure('londiste.version()') is not null
            """;

    /** C42: the first of both installations is a transaction of its own. */
    private static final String OF_LONDISTE_3 = """
            select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                            where n.nspname = 'londiste' and c.relname = 'table_info')
                   and not exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                                    where n.nspname = 'londiste' and c.relname = 'provider_table')
            """;

    private final Side side;

    Installation(Side side) {
        this.side = side;
    }

    /** Installs or upgrades both schemas: a row for a result list. */
    Map<String, Object> install() {
        refuseLondiste3();
        var before = version();
        var scripts = new SqlScripts(side.database()).lockTimeout(side.lockTimeout());
        scripts.install("pgq");
        scripts.install("londiste");
        var version = version();
        return ResultRow.of(
                "object", side.name(), "version", version.orElseThrow().toString(), "changed", !version.equals(before));
    }

    private void refuseLondiste3() {
        if (new Jdbc(side.database()).one(OF_LONDISTE_3, row -> row.getBoolean(1))) {
            throw new PgqException(
                    "The schema londiste of the " + side.name()
                            + " database belongs to Londiste 3: nothing was changed. "
                            + (side.name().equals("provider")
                                    ? "Its tables are followed as they are, with no more of ours there than operation"
                                            + " INSTALL of pgq: brings; SUBSCRIBER_ADD takes them"
                                    : "Use another database"),
                    Facts.NONE.sqlState("LD010"),
                    null);
        }
    }

    /** The same as one text for psql, Flyway or Liquibase. */
    Map<String, Object> script() {
        return side.sql(Stream.of("pgq", "londiste")
                .map(SqlScripts::texts)
                .flatMap(List::stream)
                .collect(Collectors.joining("\n", "begin;\n", "\ncommit;")));
    }

    /** Of the SQL in the database, if all of it is there. */
    Optional<SqlVersion> version() {
        return new Jdbc(side.database())
                .lockTimeout(side.lockTimeout())
                .inAutoCommit(session -> session.one(EXISTS, row -> row.getBoolean(1))
                        ? SqlVersion.of(session)
                        : Optional.<SqlVersion>empty());
    }

    /** Says what to do when a function of ours is missing or the server a standby; other errors stay as they are. */
    static PgqException explained(PgqException e, String side, String operation) {
        if (e.is(SqlStates.READ_ONLY) && e.queue() == null) {
            return new PgqException(
                    "The " + side + " database is on a standby or read-only: name the primary (" + e.getMessage() + ")",
                    e.facts(),
                    e);
        }
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
