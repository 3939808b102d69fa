package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.config.ConfigFile;
import dev.londiste.examples.londiste.config.TickerSettings;
import dev.londiste.examples.londiste.daemon.Daemon;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code pgqadm ticker.ini ticker}: the routes of {@code routes/provider.yaml}, until told to stop. */
@Command(name = "ticker", description = "Tick and maintain all queues of the database, until told to stop.")
final class TickerCommand implements Callable<Integer>, Daemon.Work {

    @ParentCommand
    private Pgqadm pgqadm;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    private ConfigFile file;
    private TickerSettings settings;

    @Override
    public Integer call() throws Exception {
        configure();
        return pgqadm.ticker(settings)
                .run(
                        daemon.or(pgqadm.daemon()),
                        settings.process(),
                        this,
                        pgqadm.printer().out());
    }

    @Override
    public void configure() {
        file = pgqadm.configFile();
        settings = TickerSettings.of(file);
        pgqadm.printer().warn(settings.process().warnings());
    }

    @Override
    public AutoCloseable start() throws Exception {
        pgqadm.requireDatabase(settings, file);
        return pgqadm.open(settings, file);
    }
}
