package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.follow.ProviderDatabase;
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
    private final Side provider;

    private Sequences(Side side, Functions functions, String queue, Side provider) {
        this.side = side;
        this.functions = functions;
        this.queue = queue;
        this.provider = provider;
    }

    public static Sequences ofProvider(DataSource database, String queue, Duration lockTimeout) {
        return new Sequences(Side.provider(database, lockTimeout), Functions.PROVIDER, queue, null);
    }

    /**
     * The sequences that follow.
     *
     * @param provider asked by {@link #add} only
     */
    public static Sequences ofSubscriber(DataSource database, DataSource provider, String queue, Duration lockTimeout) {
        return new Sequences(
                Side.subscriber(database, lockTimeout),
                Functions.SUBSCRIBER,
                queue,
                Side.provider(provider == null ? null : ProviderDatabase.of(provider, queue), lockTimeout));
    }

    /** Registers sequences; globs mean those of the database, on the subscriber those that the provider has registered. */
    public List<Map<String, Object>> add(TablePatterns seqs, boolean dryRun) {
        return change(
                provider == null
                        ? session -> seqs.resolve(session.query(CANDIDATES, row -> row.getString(1)))
                        : session -> provided(seqs),
                functions.add(),
                dryRun);
    }

    /** One that the provider does not send would keep an old value, and nobody would know. */
    private Collection<String> provided(TablePatterns seqs) {
        return provider.inTransaction(session -> {
            var known = session.query(Functions.PROVIDER.list(), row -> row.getString(1), queue);
            var unknown = seqs.unknownAmong(known);
            if (!unknown.isEmpty()) {
                throw notProvided(unknown, ProviderDatabase.isFollowed(session.connection()));
            }
            return seqs.resolve(known);
        });
    }

    private PgqException notProvided(List<String> names, boolean followed) {
        return new PgqException(
                "Sequence " + String.join(", ", names)
                        + (followed
                                ? " is not there on the provider of queue " + queue + ", or its role may not read it"
                                : " is not registered in queue " + queue
                                        + " of the provider; add it with PROVIDER_ADD_SEQ first"),
                Facts.of(queue, null).sqlState("LD004"),
                null);
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
