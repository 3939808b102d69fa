package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini repair}. */
@Command(
        name = "repair",
        description =
                "Write the SQL that makes tables of the subscriber equal, into a file fix.<table>.sql for each that differs.")
final class RepairCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Mixin
    private Names names = new Names();

    @Option(names = "--apply", description = "Run the SQL too, in small transactions beside the replay.")
    private boolean apply;

    @Option(names = "--dry-run", description = "Print the SQL instead of writing files.")
    private boolean dryRun;

    @Option(
            names = "--directory",
            paramLabel = "folder",
            defaultValue = ".",
            description = "Where the files go (${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--force", description = "Begin even when the replay is far behind.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
        if (apply && dryRun) {
            throw londiste.usage("--apply runs the SQL, --dry-run does not: choose one");
        }
        var files = dryRun
                ? Map.<String, String>of()
                : Map.of("camel.component.londiste.fixDirectory", directory.toString());
        try (var session = londiste.open(files)) {
            var rows = new Waiting(session, londiste.general())
                    .ask(
                            Request.of(LondisteOperation.REPAIR)
                                    .with(LondisteConstants.TABLES, names.tables())
                                    .with(LondisteConstants.APPLY, apply)
                                    .with(LondisteConstants.FORCE, force),
                            ProgressOf.VERIFICATION);
            if (dryRun) {
                londiste.printer().statements(rows, "statements");
            } else {
                londiste.printer().print(rows);
            }
            return rows.stream().allMatch(row -> row.get("error") == null) ? 0 : 1;
        }
    }
}
