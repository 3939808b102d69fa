package dev.londiste.replication.sync;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scripts (DDL) that were executed on the provider and travel in order with the data (C36). A script runs in the
 * transaction of its batch, after everything before it and before everything after it. Immutable.
 *
 * <p>The text of an event becomes SQL here: so it runs only if the provider has this very text, under this number, in a
 * table that nobody but the owner may write.
 */
final class ExecutedScripts {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutedScripts.class);

    private static final String TYPE = "EXECUTE";
    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\\d{1,18})");

    private static final String IS_EXECUTED = """
            select londiste.is_executed_script(?, ?, ?)
            """;

    private static final String EXECUTE = """
            select londiste.subscriber_execute(?, ?, ?)
            """;

    private final Job job;
    private final List<SubscriberTable> tables;

    /** @param tables all of the queue, as they were when the position was locked: none moves until the commit */
    ExecutedScripts(Job job, List<SubscriberTable> tables) {
        this.job = job;
        this.tables = List.copyOf(tables);
    }

    static boolean concerns(Event event) {
        return TYPE.equals(event.type());
    }

    /** The tables that the script changed on the provider, or locked as a change does. */
    private static List<String> touched(Event event) {
        return event.extra3() == null ? List.of() : List.of(event.extra3().split(",", -1));
    }

    void run(JdbcSession session, Event event) {
        refuseUnknown(event);
        refuseCopied(event);
        try {
            session.one(
                    EXECUTE,
                    row -> true,
                    job.queue(),
                    event.data(),
                    touched(event).toArray(String[]::new));
        } catch (PgqException e) {
            throw new PgqException(
                    "Script " + event.extra1() + " of event " + event.id() + " failed on the subscriber with SQLSTATE "
                            + e.sqlState() + ": " + e.getMessage(),
                    job.facts().event(event.id()).sqlState(e.sqlState()),
                    e);
        }
        LOG.info("{}/{} - script {} executed", job.queue(), job.consumer(), event.extra1());
    }

    private void refuseUnknown(Event event) {
        var id = ID.matcher(event.extra2() == null ? "" : event.extra2());
        boolean known = event.data() != null
                && id.find()
                && new Jdbc(job.provider())
                        .one(
                                IS_EXECUTED,
                                row -> row.getBoolean(1),
                                job.queue(),
                                Long.valueOf(id.group(1)),
                                hash(event.data()));
        if (!known) {
            throw new PgqException(
                    "Event " + event.id() + " carries a script that was not executed on the provider by EXECUTE; it is"
                            + " not run, and the replay stops: find out who inserted it",
                    job.facts().event(event.id()).sqlState("LD009"),
                    null);
        }
    }

    private static String hash(String script) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tables that are being copied: the script would wait for the copy's locks, and the copy for the batch. */
    private void refuseCopied(Event event) {
        var touched = touched(event);
        var copied = tables.stream()
                .filter(table -> touched.contains(table.name()) && table.isBeingCopied())
                .toList();
        if (!copied.isEmpty()) {
            throw new CopyInTheWayException(
                    "Script " + event.extra1()
                            + " changes tables that are being copied: their copies begin anew after it",
                    job.facts().event(event.id()),
                    copied);
        }
    }
}
