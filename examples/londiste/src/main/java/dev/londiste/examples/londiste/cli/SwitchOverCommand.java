package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini switch-over}. */
@Command(
        name = "switch-over",
        description = "Reverse the roles of both databases: deny writes, wait until all is applied, capture on the"
                + " subscriber. The replay must run; afterwards exchange the databases in its configuration.")
final class SwitchOverCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Option(
            names = "--timeout",
            paramLabel = "time",
            description = "How long to wait for the replay, such as 5m; for ever without it.")
    private String timeout;

    @Override
    public Integer call() throws Exception {
        try (var session = londiste.open()) {
            List<Map<String, Object>> steps = new Waiting(session, londiste.general())
                    .ask(
                            Request.of(LondisteOperation.SWITCH_OVER).with(LondisteConstants.TIMEOUT, timeout),
                            ProgressOf.COPIES);
            londiste.printer().print(steps);
            return 0;
        }
    }
}
