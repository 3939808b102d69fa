package dev.londiste.replication.sync;

import dev.londiste.pgq.PgqException;
import java.util.Objects;

/**
 * The state of a replicated table, as Londiste's manual page names them. Immutable.
 *
 * @param tick of {@link Kind#WANNA_SYNC} and {@link Kind#DO_SYNC}; 0 otherwise
 */
public record TableState(Kind kind, long tick) {

    /** The states, in the order in which a table passes them. */
    public enum Kind {
        NEW("NEW"),
        IN_COPY("in-copy"),
        CATCHING_UP("catching-up"),
        WANNA_SYNC("wanna-sync"),
        DO_SYNC("do-sync"),
        OK("ok");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        boolean hasTick() {
            return this == WANNA_SYNC || this == DO_SYNC;
        }

        /** As the manual page names it, without the tick. */
        @Override
        public String toString() {
            return text;
        }
    }

    public static final TableState NEW = new TableState(Kind.NEW, 0);
    public static final TableState IN_COPY = new TableState(Kind.IN_COPY, 0);
    public static final TableState CATCHING_UP = new TableState(Kind.CATCHING_UP, 0);
    public static final TableState OK = new TableState(Kind.OK, 0);

    public TableState {
        Objects.requireNonNull(kind, "kind");
    }

    public static TableState wannaSync(long tick) {
        return new TableState(Kind.WANNA_SYNC, tick);
    }

    public static TableState doSync(long tick) {
        return new TableState(Kind.DO_SYNC, tick);
    }

    /** Reads {@code londiste.subscriber_table.merge_state}; null is {@link #NEW}. */
    public static TableState parse(String mergeState) {
        if (mergeState == null) {
            return NEW;
        }
        for (var kind : Kind.values()) {
            if (kind.hasTick() && mergeState.startsWith(kind.text + ":")) {
                return new TableState(kind, tick(mergeState, kind));
            }
            if (!kind.hasTick() && kind != Kind.NEW && mergeState.equals(kind.text)) {
                return new TableState(kind, 0);
            }
        }
        throw unknown(mergeState, null);
    }

    private static long tick(String mergeState, Kind kind) {
        try {
            return Long.parseLong(mergeState.substring(kind.text.length() + 1));
        } catch (NumberFormatException e) {
            throw unknown(mergeState, e);
        }
    }

    private static PgqException unknown(String mergeState, NumberFormatException cause) {
        return new PgqException("'" + mergeState + "' is not a state of a table", cause);
    }

    /** As {@code londiste.subscriber_table.merge_state} keeps it. */
    public String mergeState() {
        return kind == Kind.NEW ? null : toString();
    }

    public boolean is(Kind other) {
        return kind == other;
    }

    /** Whether the table belongs to its copy: loaded, and not yet the replay's. */
    public boolean isCatchingUp() {
        return kind == Kind.CATCHING_UP || kind == Kind.WANNA_SYNC || kind == Kind.DO_SYNC;
    }

    /** As the manual page shows it. */
    @Override
    public String toString() {
        return kind.hasTick() ? kind.text + ":" + tick : kind.text;
    }
}
