package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.config.ProcessSettings;
import dev.londiste.examples.londiste.daemon.Background;
import dev.londiste.examples.londiste.daemon.Daemon;
import dev.londiste.examples.londiste.daemon.Logging;
import dev.londiste.examples.londiste.daemon.PidFile;
import dev.londiste.examples.londiste.daemon.RunningDaemon;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/**
 * One daemon, as the switches want it: run here, started in the background, or signalled.
 *
 * @param what runs, for sentences
 * @param main class whose command line starts it
 * @param arguments of that command line
 */
record DaemonRun(String what, Class<?> main, List<String> arguments, GeneralOptions general) {

    int run(DaemonOptions options, ProcessSettings process, Daemon.Work work, PrintWriter out) throws Exception {
        var signal = options.signal();
        if (signal.isPresent()) {
            RunningDaemon.find(what, process.pidFile()).send(signal.get());
            return 0;
        }
        // The process in the background has the same switches: it knows by another way that it is there already.
        boolean background = Background.isHere();
        if (options.background() && !background) {
            return startInBackground(process, out);
        }
        Logging.ofDaemon(process, general.quiet(), general.verbose(), !background);
        new Daemon(process.job(), !background && Daemon.hasTerminal())
                .run(PidFile.acquire(process.pidFile(), what), work, () -> {
                    if (background) {
                        Background.started();
                    }
                });
        return 0;
    }

    private int startInBackground(ProcessSettings process, PrintWriter out) throws IOException {
        long pid = Background.start(main, arguments);
        if (!general.quiet()) {
            out.printf("%s has started, pid %d, log %s%n", what, pid, process.logFile());
        }
        return 0;
    }
}
