package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.daemon.DaemonSignal;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The switches of a daemon. */
final class DaemonOptions {

    @Option(
            names = {"-d", "--daemon"},
            description = "Go to the background.")
    private boolean background;

    @Option(
            names = {"-r", "--reload"},
            description = "Let the running daemon read its configuration again (SIGHUP).")
    private boolean reload;

    @Option(
            names = {"-s", "--stop"},
            description = "Stop the running daemon safely, after its batch (SIGINT).")
    private boolean stop;

    @Option(
            names = {"-k", "--kill"},
            description = "Stop the running daemon at once (SIGTERM).")
    private boolean kill;

    /** These, and those given before the name of the command. */
    DaemonOptions or(DaemonOptions before) {
        var both = new DaemonOptions();
        both.background = background || before.background;
        both.reload = reload || before.reload;
        both.stop = stop || before.stop;
        both.kill = kill || before.kill;
        return both;
    }

    boolean background() {
        return background;
    }

    boolean given() {
        return background || reload || stop || kill;
    }

    /** What to send to the daemon that runs. */
    Optional<DaemonSignal> signal() {
        if (kill) {
            return Optional.of(DaemonSignal.TERM);
        }
        if (stop) {
            return Optional.of(DaemonSignal.INT);
        }
        return reload ? Optional.of(DaemonSignal.HUP) : Optional.empty();
    }
}
