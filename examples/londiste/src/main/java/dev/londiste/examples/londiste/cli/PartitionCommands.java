package dev.londiste.examples.londiste.cli;

import static dev.londiste.replication.component.LondisteOperation.ATTACH_PARTITION;
import static dev.londiste.replication.component.LondisteOperation.DETACH_PARTITION;
import static dev.londiste.replication.component.LondisteOperation.DROP_PARTITION;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini partition ...}. */
@Command(
        name = "partition",
        description = "Change the partitions of a captured table, together with their rows on the subscribers.",
        synopsisSubcommandLabel = "COMMAND")
final class PartitionCommands {

    @ParentCommand
    private Londiste londiste;

    @Command(name = "attach", description = "Attach a table as partition, and send its rows.")
    int attach(
            @Parameters(index = "0", paramLabel = "table", description = "The captured table.") String table,
            @Parameters(index = "1", paramLabel = "partition", description = "What becomes its partition.")
                    String partition,
            @Parameters(index = "2", paramLabel = "bound", description = "SQL, such as: 'for values from (1) to (10)'.")
                    String bound,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(
                of(ATTACH_PARTITION, table, partition, dryRun).with(LondisteConstants.PARTITION_BOUND, bound));
    }

    @Command(name = "detach", description = "Detach a partition, and send the removal of its rows.")
    int detach(
            @Parameters(index = "0", paramLabel = "table", description = "The captured table.") String table,
            @Parameters(index = "1", paramLabel = "partition", description = "Its partition.") String partition,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(of(DETACH_PARTITION, table, partition, dryRun));
    }

    @Command(name = "drop", description = "Drop a partition, and send the removal of its rows.")
    int drop(
            @Parameters(index = "0", paramLabel = "table", description = "The captured table.") String table,
            @Parameters(index = "1", paramLabel = "partition", description = "Its partition.") String partition,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(of(DROP_PARTITION, table, partition, dryRun));
    }

    private static Request of(LondisteOperation operation, String table, String partition, boolean dryRun) {
        return Request.of(operation)
                .with(LondisteConstants.TABLES, table)
                .with(LondisteConstants.PARTITION, partition)
                .dryRun(dryRun);
    }
}
