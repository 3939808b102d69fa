package dev.londiste.replication.sync;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.Identifiers;
import java.util.List;
import java.util.Optional;

/**
 * A table that is registered on the subscriber, as it was read. Immutable.
 *
 * @param name {@code schema.table} on the provider, as events name it
 * @param target {@code schema.table} on the subscriber
 * @param snapshot transactions that the table's content has already; null when no event can be older
 * @param attempt the number of its copy, which no other copy of the table has or had; with the state it is what
 *     compare-and-set compares
 * @param parkedReason why it takes no part any more; null when it does
 * @param fromPartitions whether the provider's table is partitioned
 * @param hasFailed whether changes of it waited in the failed queue then
 * @param expectSync whether its rows came by other means than a copy of ours
 * @param sourceColumns the provider's columns as its events last had them; empty when not known
 */
public record SubscriberTable(
        int nr,
        String name,
        String target,
        TableState state,
        TxidSnapshot snapshot,
        int attempt,
        boolean skipTruncate,
        String parkedReason,
        boolean fromPartitions,
        boolean hasFailed,
        boolean expectSync,
        List<String> sourceColumns,
        TableAttributes attributes) {

    public SubscriberTable(
            int nr,
            String name,
            String target,
            TableState state,
            TxidSnapshot snapshot,
            int attempt,
            boolean skipTruncate,
            String parkedReason) {
        this(
                nr,
                name,
                target,
                state,
                snapshot,
                attempt,
                skipTruncate,
                parkedReason,
                false,
                false,
                false,
                List.of(),
                TableAttributes.NONE);
    }

    /** The provider's name as SQL; raw names are joined by the only dot. */
    public String quotedName() {
        return quoted(name);
    }

    /** The subscriber's name as SQL. */
    public String quotedTarget() {
        return quoted(target);
    }

    /** {@code schema.table}, raw names joined by the only dot, as SQL. */
    public static String quoted(String table) {
        int dot = table.indexOf('.');
        return Identifiers.qualified(table.substring(0, dot), table.substring(dot + 1));
    }

    public boolean isParked() {
        return parkedReason != null;
    }

    /** Whether its copy has begun and is not handed over. */
    boolean isBeingCopied() {
        return !state.is(TableState.Kind.NEW) && !state.is(TableState.Kind.OK) && !isParked();
    }

    /** Whether the replay applies its events. */
    public boolean isReplayed() {
        return state.is(TableState.Kind.OK) && !isParked();
    }

    /** Whether it has a copy, or waits for one. */
    boolean isOnTheWay() {
        return !isParked() && !state.is(TableState.Kind.OK);
    }

    /** Whether its content has the effects of the transaction already. */
    public boolean has(long txid) {
        return snapshot != null && snapshot.isVisible(txid);
    }

    /** Not by one that only names it: its removal on the provider, or a script. */
    public boolean isChangedBy(Event event) {
        return name.equals(event.extra1()) && !RemovedTables.concerns(event) && !ExecutedScripts.concerns(event);
    }

    public Optional<String> snapshotText() {
        return Optional.ofNullable(snapshot).map(TxidSnapshot::toString);
    }

    public SubscriberTable in(TableState other) {
        return in(other, snapshot, attempt);
    }

    SubscriberTable in(TableState other, TxidSnapshot otherSnapshot, int otherAttempt) {
        return new SubscriberTable(
                nr,
                name,
                target,
                other,
                otherSnapshot,
                otherAttempt,
                skipTruncate,
                parkedReason,
                fromPartitions,
                hasFailed,
                expectSync,
                sourceColumns,
                attributes);
    }
}
