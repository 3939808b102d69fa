package dev.londiste.examples.londiste.output;

import java.util.List;

/** Where progress is shown. Used by one thread. */
public interface Bars extends AutoCloseable {

    /** Bars in place where the output is a terminal, else a plain line whenever a thing has got on. */
    static Bars open(boolean quiet) {
        if (quiet) {
            return bars -> {};
        }
        var terminal = TerminalBars.open();
        return terminal == null ? new PlainBars(System.err) : terminal;
    }

    /** The present state, in place of the one shown before. */
    void show(List<Bar> bars);

    @Override
    default void close() {}
}
