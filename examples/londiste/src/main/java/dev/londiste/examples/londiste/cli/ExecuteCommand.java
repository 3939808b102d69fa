package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.config.ConfigurationException;
import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini execute}. */
@Command(
        name = "execute",
        description =
                "Run a script of DDL on the provider, and at the same place between the changes on the subscribers.")
final class ExecuteCommand implements Callable<Integer> {

    @ParentCommand
    private Londiste londiste;

    @Parameters(
            index = "0",
            paramLabel = "script.sql",
            description = "The script; the name of its file is its name, and a name is executed once.")
    private Path script;

    @Option(names = "--dry-run", description = "Print the SQL instead of running it.")
    private boolean dryRun;

    @Override
    public Integer call() throws Exception {
        return londiste.run(Request.of(LondisteOperation.EXECUTE)
                .with(LondisteConstants.SCRIPT_NAME, script.getFileName().toString())
                .with(LondisteConstants.SCRIPT, text())
                .dryRun(dryRun));
    }

    private String text() throws IOException {
        try {
            return Files.readString(script);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("There is no script " + script, e);
        }
    }
}
