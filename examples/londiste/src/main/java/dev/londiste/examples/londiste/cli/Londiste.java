package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.config.ConfigFile;
import dev.londiste.examples.londiste.config.JobSettings;
import dev.londiste.examples.londiste.daemon.Logging;
import dev.londiste.examples.londiste.output.Printer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code londiste}. Each of its commands sends an exchange to a route and prints what comes back. */
@Command(
        name = "londiste",
        description = {
            "Replicates tables from one PostgreSQL database to another.",
            "",
            "Quick start: provider install, subscriber install, -d replay, provider add, subscriber add."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ProviderCommands.class,
            SubscriberCommands.class,
            ReplayCommand.class,
            CopyCommand.class,
            CompareCommand.class,
            RepairCommand.class,
            WaitSyncCommand.class,
            ExecuteCommand.class,
            PartitionCommands.class,
            FailedCommands.class,
            ResendCommand.class,
            SwitchOverCommand.class,
            StatusCommand.class,
            DemoCommand.class
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; one sentence on the error output says why",
            "2:wrong usage",
            "3:compare: tables differ"
        })
public final class Londiste implements Callable<Integer> {

    @Mixin
    private GeneralOptions general = new GeneralOptions();

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "config.ini",
            description = "The job's configuration: an INI file of Londiste, or Camel properties or YAML.")
    private Path config;

    @Spec
    private CommandSpec spec;

    private final List<String> arguments;

    private Londiste(List<String> arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** The command with all that is below it, to be described. */
    public static CommandLine describe() {
        return new CommandLine(new Londiste(List.of()));
    }

    static int execute(String... arguments) {
        var londiste = new Londiste(List.of(arguments));
        return CommandRunner.execute(londiste, londiste.general, arguments);
    }

    /** Without a command the switches speak to the replay. */
    @Override
    public Integer call() throws Exception {
        if (!daemon.given()) {
            throw usageBeforeTheCommand("Name a command, such as: londiste config.ini status");
        }
        return spec.subcommands().get("replay").<ReplayCommand>getCommand().call();
    }

    DaemonRun replay(JobSettings settings) {
        return new DaemonRun("The replay of job " + settings.job(), Londiste.class, arguments, general);
    }

    GeneralOptions general() {
        return general;
    }

    DaemonOptions daemon() {
        return daemon;
    }

    ConfigFile configFile() {
        if (config == null) {
            throw usageBeforeTheCommand(
                    "Name the configuration file before the command, such as: londiste config.ini status");
        }
        return ConfigFile.read(config, JobSettings.SECTION);
    }

    JobSettings settings() {
        return JobSettings.of(configFile());
    }

    /** The administration of the job, for commands that answer at once. */
    Session open() throws Exception {
        return open(Map.of());
    }

    /** The same with settings of Camel beside those of the file. */
    Session open(Map<String, String> properties) throws Exception {
        if (daemon.given()) {
            throw usageBeforeTheCommand("The switches -d, -r, -s and -k belong to replay");
        }
        Logging.ofCommand(general.verbose());
        var file = configFile();
        var settings = JobSettings.of(file);
        printer().warn(settings.process().warnings());
        var camel = new HashMap<>(file.camel());
        camel.putAll(properties);
        return Session.of(settings, camel, "admin");
    }

    /** Asks one thing and prints the answer. */
    int run(Request request) throws Exception {
        try (var session = open()) {
            var rows = session.ask(request);
            if (request.isDryRun()) {
                printer().statements(rows, "sql");
            } else {
                printer().print(rows);
            }
            return 0;
        }
    }

    /** Names that a command needs, unless it is told to take all that there are. */
    void requireNames(List<String> names, boolean all) {
        if (!all && (names == null || names.isEmpty())) {
            throw usage("Name the tables, or take all of them with --all");
        }
    }

    Printer printer() {
        return new Printer(spec.commandLine().getOut(), spec.commandLine().getErr(), general.quiet(), general.json());
    }

    /** Wrong usage of the command that was given. */
    ParameterException usage(String sentence) {
        var given = spec.commandLine().getParseResult().asCommandLineList();
        return new ParameterException(given.get(given.size() - 1), sentence);
    }

    private ParameterException usageBeforeTheCommand(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
