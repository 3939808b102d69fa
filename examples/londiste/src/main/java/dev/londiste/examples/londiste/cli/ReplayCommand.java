package dev.londiste.examples.londiste.cli;

import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_RESET;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_REWIND;

import dev.londiste.examples.londiste.config.ConfigFile;
import dev.londiste.examples.londiste.config.JobSettings;
import dev.londiste.examples.londiste.daemon.Daemon;
import dev.londiste.replication.component.LondisteConstants;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini replay}: the route of {@code routes/replay.yaml}, until told to stop. */
@Command(
        name = "replay",
        description = "Get batches of events from the queue and apply them to the subscriber, until told to stop.")
final class ReplayCommand implements Callable<Integer>, Daemon.Work {

    @ParentCommand
    private Londiste londiste;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Option(names = "--rewind", description = "Only move the consumer to where the subscriber stands.")
    private boolean rewind;

    @Option(names = "--reset", description = "Only move the subscriber's position to where the consumer stands.")
    private boolean reset;

    @Option(names = "--force", description = "With --reset: even with tables that were copied.")
    private boolean force;

    private ConfigFile file;
    private JobSettings settings;

    @Override
    public Integer call() throws Exception {
        if (rewind && reset) {
            throw londiste.usage("--rewind and --reset move opposite ends: choose one");
        }
        if (rewind || reset) {
            return londiste.run(
                    Request.of(rewind ? SUBSCRIBER_REWIND : SUBSCRIBER_RESET).with(LondisteConstants.FORCE, force));
        }
        configure();
        return londiste.replay(settings)
                .run(
                        daemon.or(londiste.daemon()),
                        settings.process(),
                        this,
                        londiste.printer().out());
    }

    @Override
    public void configure() {
        file = londiste.configFile();
        settings = JobSettings.of(file);
        londiste.printer().warn(settings.process().warnings());
    }

    @Override
    public AutoCloseable start() throws Exception {
        return Session.of(settings, file.camel(), "replay");
    }
}
