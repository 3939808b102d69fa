package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini copy}. */
@Command(
        name = "copy",
        description = "Copy tables again, whatever their state, and wait until they are in sync; the replay must run.")
final class CopyCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
    private List<String> tables;

    @Option(
            names = "--timeout",
            paramLabel = "time",
            description = "How long to wait, such as 5m; for ever without it.")
    private String timeout;

    @Override
    public Integer call() throws Exception {
        try (var session = londiste.open()) {
            session.ask(Request.of(LondisteOperation.SUBSCRIBER_RESYNC).with(LondisteConstants.TABLES, tables));
            londiste.printer()
                    .print(new Waiting(session, londiste.general())
                            .ask(
                                    Request.of(LondisteOperation.WAIT_SYNC)
                                            .with(LondisteConstants.TABLES, tables)
                                            .with(LondisteConstants.TIMEOUT, timeout),
                                    ProgressOf.COPIES));
            return 0;
        }
    }
}
