package dev.londiste.examples.londiste.cli;

import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_ADD;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_ADD_SEQ;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_ALLOW;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_CHECK;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_DENY;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_FKEYS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_INSTALL;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_MISSING;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_REGISTER;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_REMOVE;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_REMOVE_SEQ;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_RESTORE_TRIGGERS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_RESYNC;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_SEQS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_SET;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_TABLES;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_TRIGGERS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_UNINSTALL;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_UNREGISTER;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code londiste config.ini subscriber ...}. */
@Command(
        name = "subscriber",
        description = "Administer the database that gets the tables.",
        synopsisSubcommandLabel = "COMMAND")
final class SubscriberCommands {

    /** What {@code fkeys} and {@code triggers} can be limited to. */
    enum Kind {
        pending,
        active
    }

    @ParentCommand
    private Londiste londiste;

    @Spec
    private CommandSpec spec;

    @Command(name = "install", description = "Install the SQL on the subscriber.")
    int install(
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun,
            @Option(
                            names = "--print",
                            description =
                                    "Print one file for psql, Flyway or Liquibase, without connecting to a database.")
                    boolean print)
            throws Exception {
        return print
                ? londiste.printer().installation("londiste")
                : londiste.run(Request.of(SUBSCRIBER_INSTALL).dryRun(dryRun));
    }

    @Command(name = "add", description = "Register tables; the replay copies their rows.")
    int add(
            @Parameters(
                            paramLabel = "table",
                            description = "Names; * and ? are wildcards; the schema defaults to public.")
                    List<String> tables,
            @Option(names = "--all", description = "All tables that are registered on the provider.") boolean all,
            @Option(names = "--force", description = "Ignore differences between the tables of both sides.")
                    boolean force,
            @Option(
                            names = {"--expect-sync", "--excect-sync"},
                            description = "The rows are there already: no copy.")
                    boolean expectSync,
            @Option(names = "--skip-truncate", description = "The copy does not remove the rows that are there.")
                    boolean skipTruncate,
            @Option(names = "--dest-table", paramLabel = "table", description = "The table's name on the subscriber.")
                    String destTable,
            @Option(
                            names = "--snapshot",
                            paramLabel = "snapshot",
                            description =
                                    "With --expect-sync: the provider's snapshot that the rows were loaded under.")
                    String snapshot,
            @Mixin AttributeOptions attributes,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        londiste.requireNames(tables, all);
        return londiste.run(attributes
                .addTo(named(SUBSCRIBER_ADD, tables))
                .with(LondisteConstants.ALL, all)
                .with(LondisteConstants.FORCE, force)
                .with(LondisteConstants.EXPECT_SYNC, expectSync)
                .with(LondisteConstants.SKIP_TRUNCATE, skipTruncate)
                .with(LondisteConstants.DEST_TABLE, destTable)
                .with(LondisteConstants.SNAPSHOT, snapshot)
                .dryRun(dryRun));
    }

    @Command(
            name = "set",
            description =
                    "Set what is replicated of tables, and their policies; an empty text removes one. Tables whose"
                            + " rows change by it are copied again.")
    int set(
            @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
                    List<String> tables,
            @Mixin AttributeOptions attributes)
            throws Exception {
        return londiste.run(attributes.addTo(named(SUBSCRIBER_SET, tables)));
    }

    @Command(name = "deny", description = "Guard replicated tables against writes by others than the replay.")
    int deny(
            @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
                    List<String> tables)
            throws Exception {
        return londiste.run(named(SUBSCRIBER_DENY, tables));
    }

    @Command(name = "allow", description = "Lift the guard of replicated tables.")
    int allow(
            @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
                    List<String> tables)
            throws Exception {
        return londiste.run(named(SUBSCRIBER_ALLOW, tables));
    }

    @Command(name = "remove", description = "Unregister tables; their rows stay.")
    int remove(
            @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
                    List<String> tables,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(named(SUBSCRIBER_REMOVE, tables).dryRun(dryRun));
    }

    @Command(name = "add-seq", description = "Register sequences.")
    int addSeq(
            @Parameters(arity = "1..*", paramLabel = "sequence", description = "Names; * and ? are wildcards.")
                    List<String> sequences)
            throws Exception {
        return londiste.run(named(SUBSCRIBER_ADD_SEQ, sequences));
    }

    @Command(name = "remove-seq", description = "Unregister sequences.")
    int removeSeq(
            @Parameters(arity = "1..*", paramLabel = "sequence", description = "Names; * and ? are wildcards.")
                    List<String> sequences)
            throws Exception {
        return londiste.run(named(SUBSCRIBER_REMOVE_SEQ, sequences));
    }

    @Command(name = "resync", description = "Tag tables as not synced: the replay copies them again.")
    int resync(
            @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
                    List<String> tables)
            throws Exception {
        return londiste.run(named(SUBSCRIBER_RESYNC, tables));
    }

    @Command(name = "tables", description = "Show the registered tables and their states.")
    int tables() throws Exception {
        return londiste.run(Request.of(SUBSCRIBER_TABLES));
    }

    @Command(name = "seqs", description = "Show the registered sequences.")
    int seqs() throws Exception {
        return londiste.run(Request.of(SUBSCRIBER_SEQS));
    }

    @Command(name = "missing", description = "Show the provider's tables that are not registered here.")
    int missing() throws Exception {
        return londiste.run(Request.of(SUBSCRIBER_MISSING));
    }

    @Command(
            name = "check",
            description = "Examine both databases; one line and a remedy for each thing that is wrong.")
    int check() throws Exception {
        try (var session = londiste.open()) {
            var problems = session.ask(Request.of(SUBSCRIBER_CHECK));
            if (problems.isEmpty()) {
                londiste.printer().say("Nothing is wrong");
            }
            londiste.printer().print(CommandNames.of(spec.commandLine()).in(problems, "detail", "remedy"));
            return 0;
        }
    }

    @Command(name = "fkeys", description = "Show pending and active foreign keys.")
    int fkeys(@Parameters(arity = "0..1", paramLabel = "pending|active", description = "Only these.") Kind kind)
            throws Exception {
        return londiste.run(ofKind(SUBSCRIBER_FKEYS, kind));
    }

    @Command(name = "triggers", description = "Show pending and active triggers.")
    int triggers(@Parameters(arity = "0..1", paramLabel = "pending|active", description = "Only these.") Kind kind)
            throws Exception {
        return londiste.run(ofKind(SUBSCRIBER_TRIGGERS, kind));
    }

    @Command(name = "restore-triggers", description = "Bring back the pending triggers of a table, or one of them.")
    int restoreTriggers(
            @Parameters(index = "0", paramLabel = "table", description = "Name of the table.") String table,
            @Parameters(index = "1", arity = "0..1", paramLabel = "trigger", description = "Only this one.")
                    String trigger)
            throws Exception {
        return londiste.run(
                named(SUBSCRIBER_RESTORE_TRIGGERS, List.of(table)).with(LondisteConstants.TRIGGER, trigger));
    }

    @Command(name = "register", description = "Register the consumer on the queue; replay does it by itself.")
    int register() throws Exception {
        return londiste.run(Request.of(SUBSCRIBER_REGISTER));
    }

    @Command(name = "unregister", description = "Unregister the consumer from the queue: replication ends.")
    int unregister() throws Exception {
        return londiste.run(Request.of(SUBSCRIBER_UNREGISTER));
    }

    @Command(name = "uninstall", description = "Take the SQL out of the subscriber, unless something depends on it.")
    int uninstall(
            @Option(names = "--force", description = "Even what depends on it is ended.") boolean force,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(Request.of(SUBSCRIBER_UNINSTALL)
                .with(LondisteConstants.FORCE, force)
                .dryRun(dryRun));
    }

    private static Request named(LondisteOperation operation, List<String> names) {
        return Request.of(operation).with(LondisteConstants.TABLES, names);
    }

    private static Request ofKind(LondisteOperation operation, Kind kind) {
        return Request.of(operation).with(LondisteConstants.TYPE, kind == null ? null : kind.name());
    }
}
