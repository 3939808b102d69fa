package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini wait-sync}. */
@Command(name = "wait-sync", description = "Wait until tables are copied, and everything committed before is applied.")
final class WaitSyncCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Mixin
    private Names names = new Names();

    @Option(
            names = "--timeout",
            paramLabel = "time",
            description = "How long to wait, such as 5m; for ever without it.")
    private String timeout;

    @Override
    public Integer call() throws Exception {
        try (var session = londiste.open()) {
            londiste.printer()
                    .print(new Waiting(session, londiste.general())
                            .ask(
                                    Request.of(LondisteOperation.WAIT_SYNC)
                                            .with(LondisteConstants.TABLES, names.tables())
                                            .with(LondisteConstants.TIMEOUT, timeout),
                                    ProgressOf.COPIES));
            return 0;
        }
    }
}
