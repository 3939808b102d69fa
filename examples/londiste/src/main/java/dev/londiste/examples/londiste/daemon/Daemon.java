package dev.londiste.examples.londiste.daemon;

import dev.londiste.examples.londiste.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that works until a signal ends it. Nothing is lost however it ends: what was not finished is done again by
 * the next one, so that stopping at once is only less tidy than stopping safely.
 */
public final class Daemon {

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** What a shell says of a process that SIGTERM has ended. */
    private static final int TERMINATED = 143;

    private final String name;
    private final boolean terminal;
    private final BlockingQueue<DaemonSignal> signals = new LinkedBlockingQueue<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /**
     * @param name of the job, for the log
     * @param terminal whether it belongs to a terminal, whose end is its own; otherwise a hang-up means to reload
     */
    public Daemon(String name, boolean terminal) {
        this.name = name;
        this.terminal = terminal;
    }

    /** Whether a terminal controls this process, and would end it with itself. */
    public static boolean hasTerminal() {
        try (var terminal = Files.newByteChannel(Path.of("/dev/tty"))) {
            return terminal.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    /** What a daemon does. */
    public interface Work {

        /** Reads the configuration; throws {@link ConfigurationException} when it cannot be used. */
        void configure();

        /** Begins with what was configured; closing the answer ends it safely. */
        AutoCloseable start() throws Exception;
    }

    /**
     * Works until it is told to stop. The configuration has been read by then.
     *
     * @param pidFile deleted at the end, whatever the end is
     * @param started runs once when the work has begun
     */
    public void run(PidFile pidFile, Work work, Runnable started) throws Exception {
        try (pidFile) {
            Signals.register("INT", () -> stop(pidFile));
            Signals.register("TERM", () -> stopAtOnce(pidFile));
            Signals.register("HUP", () -> hangUp(pidFile));
            var running = work.start();
            try {
                LOG.info("{} - started, pid {}", name, ProcessHandle.current().pid());
                started.run();
                while (signals.take() == DaemonSignal.HUP) {
                    running = reload(running, work);
                }
                LOG.info("{} - finishes the batch in hand, then stops", name);
            } finally {
                running.close();
            }
            LOG.info("{} - stopped", name);
        }
    }

    private void hangUp(PidFile pidFile) {
        if (terminal) {
            stop(pidFile);
        } else {
            signals.add(DaemonSignal.HUP);
        }
    }

    /** Impatience is allowed: the second Ctrl-C does not wait for the batch. */
    private void stop(PidFile pidFile) {
        if (stopping.getAndSet(true)) {
            stopAtOnce(pidFile);
        }
        signals.add(DaemonSignal.INT);
    }

    /** The server rolls back what is open, and gives free what is locked, when the connections are gone. */
    private void stopAtOnce(PidFile pidFile) {
        LOG.info("{} - stops at once", name);
        pidFile.close();
        Runtime.getRuntime().halt(TERMINATED);
    }

    /** A configuration that cannot be used leaves the work as it is. */
    private AutoCloseable reload(AutoCloseable running, Work work) throws Exception {
        LOG.info("{} - reads its configuration again", name);
        try {
            work.configure();
        } catch (ConfigurationException e) {
            LOG.error("{} - goes on as before: {}", name, e.getMessage());
            return running;
        }
        running.close();
        return work.start();
    }
}
