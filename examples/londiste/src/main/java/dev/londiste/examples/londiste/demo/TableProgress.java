package dev.londiste.examples.londiste.demo;

import java.time.Duration;

/**
 * Where one table is on its way to the subscriber.
 *
 * @param state as in the manual page: NEW, in-copy, catching-up, wanna-sync:tick, do-sync:tick, ok
 * @param copied rows copied so far
 * @param total rows to copy, an estimate of the provider
 * @param left how long the copy will still take, null when nobody knows
 * @param problem what keeps the table from going on, null when nothing does
 */
record TableProgress(String table, String state, long copied, long total, Duration left, String problem) {

    boolean ok() {
        return state.equals("ok");
    }

    /** From 0 to 1; a table that is past its copy is whole, whatever the estimate was. */
    double fraction() {
        return switch (stage()) {
            case "NEW" -> 0;
            case "in-copy" -> total <= 0 ? 0 : Math.min(1, (double) copied / total);
            default -> 1;
        };
    }

    boolean copying() {
        return state.equals("in-copy");
    }

    /** The state without its tick. */
    String stage() {
        int colon = state.indexOf(':');
        return colon < 0 ? state : state.substring(0, colon);
    }
}
