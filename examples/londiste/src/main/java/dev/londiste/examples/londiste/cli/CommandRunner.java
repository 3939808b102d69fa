package dev.londiste.examples.londiste.cli;

import java.sql.SQLException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Runs a command line to its exit code: 0 done, 1 failed, 2 wrong usage, 3 compared tables differ. */
final class CommandRunner implements IExecutionExceptionHandler {

    /** Compared tables differ. */
    static final int DIFFERENT = 3;

    private final GeneralOptions options;

    private CommandRunner(GeneralOptions options) {
        this.options = options;
    }

    static int execute(Object command, GeneralOptions options, String... arguments) {
        return new CommandLine(command)
                .setExecutionExceptionHandler(new CommandRunner(options))
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
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
