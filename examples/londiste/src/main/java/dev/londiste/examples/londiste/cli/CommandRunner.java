package dev.londiste.examples.londiste.cli;

import java.sql.SQLException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a command line to its exit code: 0 done, 1 failed, 2 wrong usage, 3 compared tables differ. */
final class CommandRunner implements IExecutionExceptionHandler, IParameterExceptionHandler {

    /** Compared tables differ. */
    static final int DIFFERENT = 3;

    /** What picocli says when only the name of a group of commands is given. */
    private static final String NO_COMMAND = "Missing required subcommand";

    private final GeneralOptions options;

    private CommandRunner(GeneralOptions options) {
        this.options = options;
    }

    static int execute(Object command, GeneralOptions options, String... arguments) {
        var runner = new CommandRunner(options);
        return new CommandLine(command)
                .setExecutionExceptionHandler(runner)
                .setParameterExceptionHandler(runner)
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    /** One sentence, and where to read more: the whole help would push the sentence off the screen. */
    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        var command = failure.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        command.getErr().println(usage(failure, name));
        command.getErr().println("See " + name + " --help");
        return ExitCode.USAGE;
    }

    private static String usage(ParameterException failure, String name) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched, name) + suggestion(unmatched.getSuggestions());
        }
        return failure.getMessage().equals(NO_COMMAND) ? "Name a command of " + name : failure.getMessage();
    }

    private static String unmatched(UnmatchedArgumentException failure, String name) {
        var words = failure.getUnmatched();
        if (failure.isUnknownOption()) {
            return name + " has no switch " + words.get(0);
        }
        return failure.getCommandLine().getSubcommands().isEmpty()
                ? name + " takes nothing more, such as " + words.get(0)
                : name + " has no command " + words.get(0);
    }

    private static String suggestion(List<String> words) {
        return words.isEmpty() ? "" : "; did you mean " + String.join(" or ", words) + "?";
    }

    /** One sentence; the stack only for those who ask. */
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult result) {
        if (options.verbose()) {
            failure.printStackTrace(command.getErr());
        } else {
            command.getErr().println(CommandNames.of(command).in(sentence(failure)));
        }
        return ExitCode.SOFTWARE;
    }

    /** The failure's own words, and the server's where they say more. */
    private static String sentence(Throwable failure) {
        var message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException && cause.getMessage() != null) {
                var reason = cause.getMessage().lines().findFirst().orElse("").replaceFirst("^[A-Z]+: ", "");
                return message.contains(reason) ? message : message + ": " + reason;
            }
        }
        return message;
    }
}
