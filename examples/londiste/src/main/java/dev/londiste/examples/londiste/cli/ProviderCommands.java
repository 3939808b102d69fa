package dev.londiste.examples.londiste.cli;

import static dev.londiste.replication.component.LondisteOperation.PROVIDER_ADD;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_ADD_SEQ;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_ALLOW;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_DENY;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_INSTALL;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_PROMOTE;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_REFRESH;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_REMOVE;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_REMOVE_SEQ;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_SEQS;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_TABLES;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_UNINSTALL;

import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code londiste config.ini provider ...}. */
@Command(
        name = "provider",
        description = "Administer the database whose tables are replicated.",
        synopsisSubcommandLabel = "COMMAND")
final class ProviderCommands {

    @ParentCommand
    private Londiste londiste;

    @Command(
            name = "install",
            description = "Install the SQL on the provider and on the subscriber, and create the queue.")
    int install(
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun,
            @Option(
                            names = "--print",
                            description =
                                    "Print one file for psql, Flyway or Liquibase, without connecting to a database.")
                    boolean print)
            throws Exception {
        return print
                ? londiste.printer().installation("pgq", "londiste")
                : londiste.run(Request.of(PROVIDER_INSTALL).dryRun(dryRun));
    }

    @Command(name = "add", description = "Register tables, and capture their changes from now on.")
    int add(
            @Parameters(
                            paramLabel = "table",
                            description = "Names; * and ? are wildcards; the schema defaults to public.")
                    List<String> tables,
            @Option(
                            names = "--all",
                            description = "All tables but those of schemas pgq, londiste, information_schema and pg_*.")
                    boolean all,
            @Option(
                            names = "--key",
                            paramLabel = "columns",
                            description = "Columns of a unique key, for a table without a primary key.")
                    String key,
            @Option(names = "--capture", paramLabel = "row|statement", description = "Kind of the triggers.")
                    String capture,
            @Option(names = "--backup", description = "Updates carry the whole old row too.") boolean backup,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(named(PROVIDER_ADD, tables, all)
                .with(LondisteConstants.KEY, key)
                .with(LondisteConstants.CAPTURE, capture)
                .with(LondisteConstants.BACKUP, backup)
                .dryRun(dryRun));
    }

    @Command(
            name = "remove",
            description = "Stop capturing tables; the subscribers hear of it through the queue, and unregister them.")
    int remove(
            @Parameters(paramLabel = "table", description = "Names; * and ? are wildcards.") List<String> tables,
            @Option(names = "--all", description = "All registered tables.") boolean all,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(named(PROVIDER_REMOVE, tables, all).dryRun(dryRun));
    }

    @Command(name = "add-seq", description = "Register sequences.")
    int addSeq(
            @Parameters(arity = "1..*", paramLabel = "sequence", description = "Names; * and ? are wildcards.")
                    List<String> sequences)
            throws Exception {
        return londiste.run(named(PROVIDER_ADD_SEQ, sequences, false));
    }

    @Command(name = "remove-seq", description = "Unregister sequences.")
    int removeSeq(
            @Parameters(arity = "1..*", paramLabel = "sequence", description = "Names; * and ? are wildcards.")
                    List<String> sequences)
            throws Exception {
        return londiste.run(named(PROVIDER_REMOVE_SEQ, sequences, false));
    }

    @Command(
            name = "refresh",
            description = "Renew key, columns and partitions of captured tables, after their definition changed.")
    int refresh(
            @Parameters(arity = "1..*", paramLabel = "table", description = "Names; * and ? are wildcards.")
                    List<String> tables,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(named(PROVIDER_REFRESH, tables, false).dryRun(dryRun));
    }

    @Command(name = "deny", description = "Guard captured tables against writes.")
    int deny(
            @Parameters(paramLabel = "table", description = "Names; * and ? are wildcards.") List<String> tables,
            @Option(names = "--all", description = "All registered tables.") boolean all)
            throws Exception {
        return londiste.run(named(PROVIDER_DENY, tables, all));
    }

    @Command(name = "allow", description = "Lift the guard; undoes a switch-over that has not reversed the roles.")
    int allow(
            @Parameters(paramLabel = "table", description = "Names; * and ? are wildcards.") List<String> tables,
            @Option(names = "--all", description = "All registered tables.") boolean all)
            throws Exception {
        return londiste.run(named(PROVIDER_ALLOW, tables, all));
    }

    @Command(
            name = "promote",
            description = "Make a mirror queue a queue of its own, for the fail-over to this database.")
    int promote() throws Exception {
        return londiste.run(Request.of(PROVIDER_PROMOTE));
    }

    @Command(name = "tables", description = "Show the registered tables.")
    int tables() throws Exception {
        return londiste.run(Request.of(PROVIDER_TABLES));
    }

    @Command(name = "seqs", description = "Show the registered sequences.")
    int seqs() throws Exception {
        return londiste.run(Request.of(PROVIDER_SEQS));
    }

    @Command(name = "uninstall", description = "Take the SQL out of the provider, unless something depends on it.")
    int uninstall(
            @Option(names = "--force", description = "Even what depends on it is ended.") boolean force,
            @Option(names = "--dry-run", description = "Print the SQL instead of running it.") boolean dryRun)
            throws Exception {
        return londiste.run(Request.of(PROVIDER_UNINSTALL)
                .with(LondisteConstants.FORCE, force)
                .dryRun(dryRun));
    }

    private Request named(LondisteOperation operation, List<String> names, boolean all) {
        londiste.requireNames(names, all);
        return Request.of(operation).with(LondisteConstants.TABLES, names).with(LondisteConstants.ALL, all);
    }
}
