package dev.londiste.examples.londiste.cli;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini resend}. */
@Command(
        name = "resend",
        description = "Send rows that are there already to this job's consumer, as inserts that only it sees.")
final class ResendCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Parameters(paramLabel = "table", description = "The captured table.")
    private String table;

    @Option(names = "--where", paramLabel = "SQL", description = "Only rows that satisfy it.")
    private String where;

    @Option(
            names = "--after",
            paramLabel = "JSON",
            description = "Go on after this key, as an earlier result or error has it.")
    private String after;

    @Option(names = "--rows-per-second", paramLabel = "rows", description = "At most so many rows a second.")
    private Integer rowsPerSecond;

    @Override
    public Integer call() throws Exception {
        return londiste.run(Request.of(LondisteOperation.RESEND)
                .with(LondisteConstants.TABLES, table)
                .with(LondisteConstants.WHERE, where)
                .with(LondisteConstants.AFTER, after)
                .with(LondisteConstants.ROWS_PER_SECOND, rowsPerSecond));
    }
}
