package dev.londiste.pgq;

import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The version of our SQL in a database. A program works on the SQL of its own and of the previous minor version, so that
 * programs are upgraded before the SQL; and on that of the next one, so that a program which runs goes on when somebody
 * else has upgraded the SQL. Immutable.
 */
public record SqlVersion(int major, int minor, int patch) implements Comparable<SqlVersion> {

    /** What this program brings: the version that its SQL files say. */
    public static final SqlVersion OURS = new SqlVersion(0, 1, 0);

    private static final String INSTALLED = "select to_regprocedure('pgq_client.version()') is not null";
    private static final String VERSION = "select pgq_client.version()";
    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");

    public static SqlVersion parse(String text) {
        var numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            throw new IllegalArgumentException("Not a version such as 0.1.0: " + text);
        }
        return new SqlVersion(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                Integer.parseInt(numbers.group(3)));
    }

    /** Empty where our SQL is not installed. */
    public static Optional<SqlVersion> of(JdbcSession session) {
        return session.one(INSTALLED, row -> row.getBoolean(1))
                ? Optional.of(session.one(VERSION, row -> parse(row.getString(1))))
                : Optional.empty();
    }

    /** Fails with a sentence that says what to do, unless this program works on the SQL of the database. */
    public static void require(DataSource database) {
        OURS.requireIn(database);
    }

    /** As {@link #require}, for a program that brings this version. */
    public void requireIn(DataSource database) {
        var there = new QueueErrors("*", null)
                .explained(() -> new Jdbc(database).one(VERSION, row -> parse(row.getString(1))));
        if (!there.isUsedBy(this)) {
            boolean old = there.compareTo(this) < 0;
            throw new PgqException(
                    "The PgQ SQL of this database has version " + there + ", too " + (old ? "old" : "new")
                            + " for this program, which brings " + this + ": "
                            + (old
                                    ? "upgrade it by operation INSTALL or autoInstall=true, or run:"
                                            + " cat sql/pgq/*.sql | psql -1"
                                    : "upgrade the program"),
                    Facts.NONE.sqlState(SqlStates.NOT_INSTALLED),
                    null);
        }
    }

    boolean isUsedBy(SqlVersion program) {
        return major == program.major && Math.abs(minor - program.minor) <= 1;
    }

    @Override
    public int compareTo(SqlVersion other) {
        return Comparator.comparingInt(SqlVersion::major)
                .thenComparingInt(SqlVersion::minor)
                .thenComparingInt(SqlVersion::patch)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
