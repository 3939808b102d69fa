package dev.londiste.examples.londiste.cli;

import static dev.londiste.replication.component.LondisteOperation.DELETE_FAILED;
import static dev.londiste.replication.component.LondisteOperation.FAILED_EVENTS;
import static dev.londiste.replication.component.LondisteOperation.RETRY_FAILED;

import dev.londiste.replication.component.LondisteConstants;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini failed ...}. */
@Command(
        name = "failed",
        description = "Administer the changes that the subscriber refused, of tables with --on-failure FAILED_QUEUE.",
        synopsisSubcommandLabel = "COMMAND")
final class FailedCommands {

    @ParentCommand
    private Londiste londiste;

    @Command(name = "list", description = "Show the changes that wait, with the reason of each.")
    int list(
            @Parameters(
                            arity = "0..*",
                            paramLabel = "table",
                            description = "Names; * and ? are wildcards; all tables when there are none.")
                    List<String> tables)
            throws Exception {
        return londiste.run(Request.of(FAILED_EVENTS).with(LondisteConstants.TABLES, tables));
    }

    @Command(name = "retry", description = "Apply the changes, in their order; what fails again stays.")
    int retry(
            @Parameters(paramLabel = "table", description = "Names; * and ? are wildcards.") List<String> tables,
            @Option(names = "--all", description = "Those of all tables.") boolean all)
            throws Exception {
        londiste.requireNames(tables, all);
        return londiste.run(
                Request.of(RETRY_FAILED).with(LondisteConstants.TABLES, tables).with(LondisteConstants.ALL, all));
    }

    @Command(name = "delete", description = "Forget the changes, or one of them.")
    int delete(
            @Parameters(paramLabel = "table", description = "Names; * and ? are wildcards.") List<String> tables,
            @Option(names = "--all", description = "Those of all tables.") boolean all,
            @Option(names = "--event", paramLabel = "id", description = "Only the change of this event.") Long event)
            throws Exception {
        londiste.requireNames(tables, all);
        return londiste.run(Request.of(DELETE_FAILED)
                .with(LondisteConstants.TABLES, tables)
                .with(LondisteConstants.ALL, all)
                .with(LondisteConstants.EVENT_ID, event));
    }
}
