package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The switches of SUBSCRIBER_ADD. Immutable.
 *
 * @param force ignore differences of keys and columns
 * @param expectSync the rows are there already: no copy
 * @param skipTruncate the first copy leaves the rows that are there
 * @param destTable {@code schema.table} on the subscriber, when it is another name; null when it is not
 * @param attributes what is replicated of the table
 * @param snapshot with expectSync: the provider's snapshot that the rows are of; null when nothing was changed since they were loaded
 */
public record AddOptions(
        boolean force,
        boolean expectSync,
        boolean skipTruncate,
        String destTable,
        AttributeChanges attributes,
        TxidSnapshot snapshot) {

    public static final AddOptions DEFAULT = new AddOptions(false, false, false, null);

    public AddOptions(boolean force, boolean expectSync, boolean skipTruncate, String destTable) {
        this(force, expectSync, skipTruncate, destTable, AttributeChanges.NONE, null);
    }

    public AddOptions(
            boolean force, boolean expectSync, boolean skipTruncate, String destTable, AttributeChanges attributes) {
        this(force, expectSync, skipTruncate, destTable, attributes, null);
    }

    public AddOptions {
        if (expectSync && skipTruncate) {
            throw refused("expectSync and skipTruncate contradict each other: a table that is not copied is not emptied"
                    + " either");
        }
        if (snapshot != null && !expectSync) {
            throw refused("A snapshot says what rows loaded by other means contain, so it needs expectSync");
        }
    }

    /** The table's name on the subscriber, if it is another one. */
    Optional<String> target() {
        return Optional.ofNullable(destTable)
                .map(table -> TablePatterns.of(table).names().get(0));
    }

    /** What is asked for, by its argument's name, and is not so of a registered table. */
    List<String> differencesFrom(SubscriberTable table) {
        var different = new ArrayList<String>();
        boolean loaded = table.expectSync() && !table.state().is(TableState.Kind.NEW);
        if (expectSync && !loaded) {
            different.add("expectSync");
        }
        if (snapshot != null && !snapshot.equals(table.snapshot())) {
            different.add("snapshot");
        }
        // It is a word about the first copy, and forgotten with it.
        if (skipTruncate && !table.skipTruncate() && !table.state().is(TableState.Kind.OK)) {
            different.add("skipTruncate");
        }
        if (target().filter(target -> !target.equals(table.target())).isPresent()) {
            different.add("destTable");
        }
        different.addAll(attributes.differencesFrom(table.attributes()));
        return different;
    }

    private static PgqException refused(String sentence) {
        return new PgqException(sentence, Facts.NONE.sqlState("LD009"), null);
    }
}
