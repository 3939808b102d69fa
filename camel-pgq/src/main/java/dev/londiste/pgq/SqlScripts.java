package dev.londiste.pgq;

import dev.londiste.pgq.jdbc.Jdbc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SQL of this version, on the class path under {@code /dev/londiste/sql}. Thread-safe. Each installation is one
 * transaction of its own; installing again is a no-op or an upgrade, and what is newer stays.
 */
public final class SqlScripts {

    private static final Logger LOG = LoggerFactory.getLogger(SqlScripts.class);

    /** Any number would do; it must only be the same for all installers of a database. */
    private static final long INSTALLER_LOCK = 0x6c6f6e6469737465L;

    private static final String LOCK = """
            select pg_advisory_xact_lock(?)
            """;

    private final Jdbc jdbc;

    public SqlScripts(DataSource database) {
        this(new Jdbc(database));
    }

    private SqlScripts(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The same, with an installation that fails when it has to wait longer for a lock. */
    public SqlScripts lockTimeout(Duration limit) {
        return new SqlScripts(jdbc.lockTimeout(limit));
    }

    /** Installs {@code pgq} or {@code londiste}. Two installers at once wait for each other. */
    public void install(String schema) {
        var texts = texts(schema);
        jdbc.inTransaction(session -> {
            session.query(LOCK, row -> true, INSTALLER_LOCK);
            var there = SqlVersion.of(session);
            if (there.isPresent() && there.get().compareTo(SqlVersion.OURS) > 0) {
                LOG.info("{} - version {} stays, this program brings only {}", schema, there.get(), SqlVersion.OURS);
            } else {
                texts.forEach(session::execute);
                LOG.info("{} - installed {} files of version {}", schema, texts.size(), SqlVersion.OURS);
            }
            return null;
        });
    }

    /** The texts of one schema in the order of installation. */
    public static List<String> texts(String schema) {
        var folder = "/dev/londiste/sql/" + schema + "/";
        return read(folder + "index")
                .lines()
                .filter(line -> !line.isBlank())
                .map(file -> read(folder + file))
                .toList();
    }

    private static String read(String resource) {
        try (var in = SqlScripts.class.getResourceAsStream(resource)) {
            return new String(
                    Objects.requireNonNull(in, () -> "Not on the class path: " + resource)
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
