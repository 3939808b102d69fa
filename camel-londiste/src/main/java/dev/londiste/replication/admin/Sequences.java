package dev.londiste.replication.admin;

import dev.londiste.pgq.jdbc.JdbcSession;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;

/** The sequences that are registered on one side. Thread-safe; each operation is one transaction. */
public final class Sequences {

    private static final String CANDIDATES = """
            select seq_name from londiste.replicable_sequences()
            """;

    private final Side side;
    private final Functions functions;
    private final String queue;

    private Sequences(Side side, Functions functions, String queue) {
        this.side = side;
        this.functions = functions;
        this.queue = queue;
    }

    public static Sequences ofProvider(DataSource database, String queue, Duration lockTimeout) {
        return new Sequences(Side.provider(database, lockTimeout), Functions.PROVIDER, queue);
    }

    public static Sequences ofSubscriber(DataSource database, String queue, Duration lockTimeout) {
        return new Sequences(Side.subscriber(database, lockTimeout), Functions.SUBSCRIBER, queue);
    }

    /** Registers sequences; globs mean those of the database. */
    public List<Map<String, Object>> add(TablePatterns seqs, boolean dryRun) {
        return change(
                session -> seqs.resolve(session.query(CANDIDATES, row -> row.getString(1))), functions.add(), dryRun);
    }

    /** Unregisters sequences; globs mean those that are registered. */
    public List<Map<String, Object>> remove(TablePatterns seqs, boolean dryRun) {
        return change(session -> seqs.resolve(registered(session)), functions.remove(), dryRun);
    }

    private List<Map<String, Object>> change(
            Function<JdbcSession, Collection<String>> which, String sql, boolean dryRun) {
        return side.change(
                changes -> Changes.rows(
                        "seq_name", which.apply(changes.session()), name -> changes.call(sql, queue, name)),
                dryRun);
    }

    public List<Map<String, Object>> list() {
        return side.inTransaction(this::registered).stream()
                .map(name -> ResultRow.of("seq_name", name))
                .toList();
    }

    private List<String> registered(JdbcSession session) {
        return session.query(functions.list(), row -> row.getString(1), queue);
    }

    private record Functions(String list, String add, String remove) {

        static final Functions PROVIDER = new Functions(
                "select londiste.provider_get_seq_list(?)",
                "select londiste.provider_add_seq(?, ?)",
                "select londiste.provider_remove_seq(?, ?)");

        static final Functions SUBSCRIBER = new Functions(
                "select londiste.subscriber_get_seq_list(?)",
                "select londiste.subscriber_add_seq(?, ?)",
                "select londiste.subscriber_remove_seq(?, ?)");
    }
}
