package dev.londiste.examples.londiste.cli;

import java.util.List;
import picocli.CommandLine.Parameters;

/** The tables that a command works on, all of the job when none is named. */
final class Names {

    @Parameters(paramLabel = "table", description = "Names; * and ? are wildcards; all tables when there are none.")
    private List<String> tables;

    /** Null when none is named. */
    List<String> tables() {
        return tables;
    }
}
