package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini compare}. */
@Command(
        name = "compare",
        description =
                "Compare tables of both sides at one position, by the number of their rows, or by compare_sql of the configuration."
                        + " Exit code 3: they differ.")
final class CompareCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Mixin
    private Names names = new Names();

    @Option(names = "--checksum", description = "Compare the contents too, and find the rows that differ.")
    private boolean checksum;

    @Option(names = "--force", description = "Begin even when the replay is far behind.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
        try (var session = londiste.open()) {
            var rows = new Waiting(session, londiste.general())
                    .ask(
                            Request.of(LondisteOperation.COMPARE)
                                    .with(LondisteConstants.TABLES, names.tables())
                                    .with(LondisteConstants.CHECKSUM, checksum)
                                    .with(
                                            LondisteConstants.COMPARE_SQL,
                                            checksum
                                                    ? null
                                                    : londiste.settings()
                                                            .compareSql()
                                                            .orElse(null))
                                    .with(LondisteConstants.FORCE, force),
                            ProgressOf.VERIFICATION);
            londiste.printer().print(rows);
            return rows.stream().allMatch(row -> Boolean.TRUE.equals(row.get("equal"))) ? 0 : CommandRunner.DIFFERENT;
        }
    }
}
