package dev.londiste.docs;

import dev.londiste.examples.londiste.cli.Londiste;
import dev.londiste.examples.londiste.cli.Pgqadm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What {@code --help} says, for a command and for all that are below it. */
final class CommandLineHelp {

    private CommandLineHelp() {}

    static String of(String command) {
        var root =
                switch (command) {
                    case "londiste" -> Londiste.describe();
                    case "pgqadm" -> Pgqadm.describe();
                    default -> throw new IllegalArgumentException("There is no command " + command);
                };
        return below(root).stream().map(CommandLineHelp::section).collect(Collectors.joining("\n\n"));
    }

    private static List<CommandLine> below(CommandLine command) {
        var all = new ArrayList<CommandLine>();
        all.add(command);
        command.getSubcommands().values().forEach(inner -> all.addAll(below(inner)));
        return all;
    }

    private static String section(CommandLine command) {
        return "### %s\n\n```\n%s\n```"
                .formatted(
                        command.getCommandSpec().qualifiedName(),
                        command.getUsageMessage(Ansi.OFF).strip());
    }
}
