package dev.londiste.examples.londiste.cli;

import static dev.londiste.pgq.component.PgqOperation.CONFIGURE_QUEUE;
import static dev.londiste.pgq.component.PgqOperation.CREATE_QUEUE;
import static dev.londiste.pgq.component.PgqOperation.DROP_QUEUE;
import static dev.londiste.pgq.component.PgqOperation.INSTALL;
import static dev.londiste.pgq.component.PgqOperation.QUEUE_INFO;
import static dev.londiste.pgq.component.PgqOperation.REGISTER;
import static dev.londiste.pgq.component.PgqOperation.STATUS;
import static dev.londiste.pgq.component.PgqOperation.UNREGISTER;

import dev.londiste.examples.londiste.config.ConfigFile;
import dev.londiste.examples.londiste.config.TickerSettings;
import dev.londiste.examples.londiste.daemon.Logging;
import dev.londiste.examples.londiste.output.Printer;
import dev.londiste.examples.londiste.routes.RouteFailure;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.SqlStates;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code pgqadm}: the queues of one database. */
@Command(
        name = "pgqadm",
        description = "Administers the queues of a PostgreSQL database, and runs their ticker.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TickerCommand.class, FailedEventCommands.class},
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed; one sentence on the error output says why", "2:wrong usage"})
public final class Pgqadm implements Callable<Integer> {

    private static final String ALL_QUEUES = "*";

    private final List<String> arguments;

    @Mixin
    private GeneralOptions general = new GeneralOptions();

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "config.ini",
            description = "The ticker's configuration: an INI file of PgQ, or Camel properties or YAML.")
    private Path config;

    @Spec
    private CommandSpec spec;

    private Pgqadm(List<String> arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** The command with all that is below it, to be described. */
    public static CommandLine describe() {
        return new CommandLine(new Pgqadm(List.of()));
    }

    static int execute(String... arguments) {
        var pgqadm = new Pgqadm(List.of(arguments));
        return CommandRunner.execute(pgqadm, pgqadm.general, arguments);
    }

    /** Without a command the switches speak to the ticker. */
    @Override
    public Integer call() throws Exception {
        if (!daemon.given()) {
            throw usage("Name a command, such as: pgqadm ticker.ini status");
        }
        return spec.subcommands().get("ticker").<TickerCommand>getCommand().call();
    }

    @Command(name = "status", description = "Show the queues and their consumers.")
    int status() throws Exception {
        return run(ALL_QUEUES, Request.of(STATUS));
    }

    @Command(name = "install", description = "Install the SQL of the queues into the database.")
    int install(
            @Option(
                            names = "--print",
                            description =
                                    "Print one file for psql, Flyway or Liquibase, without connecting to a database.")
                    boolean print)
            throws Exception {
        return print ? printer().installation("pgq") : run(ALL_QUEUES, Request.of(INSTALL));
    }

    @Command(name = "create", description = "Create a queue.")
    int create(@Parameters(paramLabel = "queue", description = "Its name.") String queue) throws Exception {
        return run(queue, Request.of(CREATE_QUEUE));
    }

    @Command(name = "drop", description = "Drop a queue that has no consumers.")
    int drop(@Parameters(paramLabel = "queue", description = "Its name.") String queue) throws Exception {
        return run(queue, Request.of(DROP_QUEUE));
    }

    @Command(name = "register", description = "Register a consumer at the last tick of a queue.")
    int register(
            @Parameters(index = "0", paramLabel = "queue", description = "Name of the queue.") String queue,
            @Parameters(index = "1", paramLabel = "consumer", description = "Name of the consumer.") String consumer)
            throws Exception {
        return run(queue, consumer, Request.of(REGISTER));
    }

    @Command(name = "unregister", description = "Unregister a consumer: its position is given up.")
    int unregister(
            @Parameters(index = "0", paramLabel = "queue", description = "Name of the queue.") String queue,
            @Parameters(index = "1", paramLabel = "consumer", description = "Name of the consumer.") String consumer)
            throws Exception {
        return run(queue, consumer, Request.of(UNREGISTER));
    }

    @Command(name = "config", description = "Show the settings of a queue, or of all; or change some of one queue.")
    int config(
            @Parameters(index = "0", arity = "0..1", paramLabel = "queue", description = "Name of the queue.")
                    String queue,
            @Parameters(index = "1", arity = "0..*", paramLabel = "variable=value", description = "Settings to change.")
                    Map<String, String> changes)
            throws Exception {
        return changes == null
                ? run(queue == null ? ALL_QUEUES : queue, Request.of(QUEUE_INFO))
                : run(queue, Request.of(CONFIGURE_QUEUE).withBody(changes));
    }

    private int run(String queue, Request request) throws Exception {
        return run(queue, null, request);
    }

    /** Asks one thing and prints the answer. */
    int run(String queue, String consumer, Request request) throws Exception {
        if (daemon.given()) {
            throw usage("The switches -d, -r, -s and -k belong to ticker");
        }
        Logging.ofCommand(general.verbose());
        var file = configFile();
        var settings = TickerSettings.of(file);
        printer().warn(settings.process().warnings());
        try (var session = Session.of(settings, names(queue, consumer), file.camel(), "queue")) {
            printer().print(session.ask(request));
            return 0;
        }
    }

    private static Map<String, String> names(String queue, String consumer) {
        return consumer == null
                ? Map.of("londiste.queue", queue)
                : Map.of("londiste.queue", queue, "londiste.consumer", consumer);
    }

    DaemonRun ticker(TickerSettings settings) {
        return new DaemonRun("The ticker " + settings.job(), Pgqadm.class, arguments, general);
    }

    Session open(TickerSettings settings, ConfigFile file) throws Exception {
        return Session.of(settings, names(ALL_QUEUES, null), file.camel(), "provider");
    }

    /** What waiting cannot mend ends the ticker before it begins; a server that is down may come up while it works. */
    void requireDatabase(TickerSettings settings, ConfigFile file) throws Exception {
        try (var session = Session.of(settings, names(ALL_QUEUES, null), file.camel(), "queue")) {
            session.ask(Request.of(STATUS));
        } catch (RouteFailure e) {
            if (!(e.getCause() instanceof PgqException cause && cause.is(SqlStates.CONNECTION))) {
                throw e;
            }
        }
    }

    DaemonOptions daemon() {
        return daemon;
    }

    ConfigFile configFile() {
        if (config == null) {
            throw usage("Name the configuration file before the command, such as: pgqadm ticker.ini status");
        }
        return ConfigFile.read(config, TickerSettings.SECTION);
    }

    Printer printer() {
        return new Printer(spec.commandLine().getOut(), spec.commandLine().getErr(), general.quiet(), general.json());
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
