package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteOperation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini status}. */
@Command(name = "status", description = "Show how far the subscriber is behind, and its tables by state.")
final class StatusCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Override
    public Integer call() throws Exception {
        return londiste.run(Request.of(LondisteOperation.STATUS));
    }
}
