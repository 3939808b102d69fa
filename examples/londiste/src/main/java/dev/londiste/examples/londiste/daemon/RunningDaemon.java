package dev.londiste.examples.londiste.daemon;

import dev.londiste.examples.londiste.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;

/**
 * The daemon of a job, seen from another process.
 *
 * @param what runs, for sentences
 * @param process that runs
 */
public record RunningDaemon(String what, ProcessHandle process) {

    /** The one that has the pid file. */
    public static RunningDaemon find(String what, Path pidFile) {
        return PidFile.holder(pidFile)
                .map(process -> new RunningDaemon(what, process))
                .orElseThrow(
                        () -> new ConfigurationException(what + " does not run: nobody has the pid file " + pidFile));
    }

    /** Sends the signal; unless it only means to reload, waits until the process has ended. */
    public void send(DaemonSignal signal) throws IOException, InterruptedException {
        int answer = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (answer != 0) {
            throw new ConfigurationException(
                    "%s, pid %d, did not take the signal %s".formatted(what, process.pid(), signal));
        }
        if (signal != DaemonSignal.HUP) {
            await();
        }
    }

    private void await() throws InterruptedException {
        try {
            process.onExit().get();
        } catch (ExecutionException e) {
            throw new ConfigurationException("Cannot wait for pid " + process.pid(), e);
        }
    }
}
