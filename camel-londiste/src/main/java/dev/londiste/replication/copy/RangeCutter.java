package dev.londiste.replication.copy;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Decides whether a table is copied in ranges, and where they begin. Stateless and thread-safe. */
final class RangeCutter {

    private static final String SOURCE = """
            select key_columns, key_types, encoding, bytes, in_order from londiste.copy_source(?, ?)
            """;

    private static final String MAY_LOAD = """
            select londiste.may_load_ranges(?, ?, ?, ?)
            """;

    private static final String CUT = """
            select lower_key from londiste.cut_ranges(?, ?, ?, ?)
            """;

    private final Job job;
    private final CopyOptions options;

    RangeCutter(Job job, CopyOptions options) {
        this.job = job;
        this.options = options;
    }

    /**
     * Empty for a table that is small, or whose keys the two sides may not order alike. Also for one whose rows stay: its
     * copy could not begin anew, for nobody could tell them from those of ranges.
     */
    Optional<Cut> cut(JdbcSession provider, JdbcSession subscriber, SubscriberTable table) {
        return table.skipTruncate() ? Optional.empty() : cutEmpty(provider, subscriber, table);
    }

    private Optional<Cut> cutEmpty(JdbcSession provider, JdbcSession subscriber, SubscriberTable table) {
        return provider.first(SOURCE, RangeCutter::source, job.queue(), table.name())
                .filter(source -> options.ranges(source.bytes(), source.inOrder()) > 1)
                .filter(source -> mayLoad(subscriber, source, table))
                .map(source -> new Cut(source.key(), bounds(provider, source, table)))
                .filter(cut -> !cut.bounds().isEmpty());
    }

    /** Nothing where the table has no such key. */
    private static Source source(ResultSet row) throws SQLException {
        return row.getArray("key_columns") == null
                ? null
                : new Source(
                        new CopyKey(
                                CopyRanges.texts(row.getArray("key_columns")),
                                CopyRanges.texts(row.getArray("key_types"))),
                        row.getString("encoding"),
                        row.getLong("bytes"),
                        row.getBoolean("in_order"));
    }

    private static boolean mayLoad(JdbcSession subscriber, Source source, SubscriberTable table) {
        var key = source.key();
        return subscriber.one(
                MAY_LOAD,
                row -> row.getBoolean(1),
                table.target(),
                key.columnArray(),
                key.typeArray(),
                source.encoding());
    }

    private List<List<String>> bounds(JdbcSession provider, Source source, SubscriberTable table) {
        return provider.query(
                CUT,
                row -> CopyRanges.texts(row.getArray(1)),
                table.name(),
                source.key().columnArray(),
                source.key().typeArray(),
                options.ranges(source.bytes(), source.inOrder()));
    }

    /** The first keys of all ranges but the first. */
    record Cut(CopyKey key, List<List<String>> bounds) {}

    private record Source(CopyKey key, String encoding, long bytes, boolean inOrder) {}
}
