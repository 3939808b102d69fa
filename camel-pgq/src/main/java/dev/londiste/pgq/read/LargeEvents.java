package dev.londiste.pgq.read;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.jdbc.Identifiers;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.jdbc.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The large events of a batch. Nobody knows how large the next rows are before they are in memory, all that were fetched at
 * once: so the cursor of a batch only announces large ones, with their sizes, and they are read by a second cursor, as
 * many at once as fit (C09). Both have one order, by the event's id. Not thread-safe; it uses the connection of the first.
 */
final class LargeEvents {

    /** Bytes of one column. A fetch is bounded by so many for each of its rows. */
    private static final int LIMIT = 8_000;

    private static final List<String> TEXTS =
            List.of("ev_type", "ev_data", "ev_extra1", "ev_extra2", "ev_extra3", "ev_extra4");

    /** The server knows the length of a stored value without reading it. */
    private static final String IS_LARGE = String.join(
            " or ",
            TEXTS.stream()
                    .map(text -> "octet_length(e." + text + ") > " + LIMIT)
                    .toList());

    private static final String SIZE = String.join(
            " + ",
            TEXTS.stream()
                    .map(text -> "coalesce(octet_length(e." + text + "), 0)")
                    .toList());

    private final String cursor;
    private final String declaration;
    private final EventRow row = new EventRow();
    private final Deque<Event> ready = new ArrayDeque<>();
    private boolean declared;

    /** An event of the first cursor; {@code size} is 0 unless it is only announced. */
    record Announced(Event event, long size) {
        boolean isLarge() {
            return size > 0;
        }
    }

    /**
     * @param name of the cursor
     * @param hold what a declaration says between the name and the query
     */
    LargeEvents(BatchQuery batch, String name, String hold) {
        this.cursor = Identifiers.quote(name);
        this.declaration = batch.settings() + "declare " + cursor + hold + "select e.* from (" + batch.sql()
                + ") e where (" + IS_LARGE + ") and e.ev_id >= ";
    }

    /** The query with the size of a large event as its last column, null for others, and without its large texts. */
    static String announcedBy(String query) {
        var texts = TEXTS.stream()
                .map(text -> "case when octet_length(e." + text + ") <= " + LIMIT + " then e." + text + " end")
                .toList();
        return "select e.ev_id, e.ev_time, e.ev_txid, e.ev_retry, " + String.join(", ", texts) + ", case when "
                + IS_LARGE + " then " + SIZE + " end from (" + query + ") e";
    }

    /**
     * Reads an announced event.
     *
     * @param next what was announced after it, which may be read at once with it
     */
    Event read(JdbcSession session, Announced announced, Collection<Announced> next) {
        long id = announced.event().id();
        while (true) {
            if (ready.isEmpty()) {
                declare(session, id);
                fetch(session, announced.size(), next);
            }
            var found = ready.poll();
            if (found == null || found.id() > id) {
                throw new PgqException("Event " + id + " is no longer in its batch");
            }
            // One that was retried twice may be in the batch twice, and the first have been skipped.
            if (found.id() == id) {
                return found;
            }
        }
    }

    private void declare(JdbcSession session, long from) {
        if (!declared) {
            session.execute(declaration + from);
            declared = true;
        }
    }

    private void fetch(JdbcSession session, long size, Collection<Announced> next) {
        long bytes = size;
        int count = 1;
        for (var other : next) {
            bytes += other.size();
            if (!FetchSize.fits(bytes)) {
                break;
            }
            count += other.isLarge() ? 1 : 0;
        }
        try (var statement = session.connection().createStatement();
                var rows = statement.executeQuery("fetch forward " + count + " from " + cursor)) {
            while (rows.next()) {
                ready.add(row.read(rows));
            }
        } catch (SQLException e) {
            throw SqlErrors.failure(e);
        }
    }

    /** Before the session is used for something else. */
    void close(JdbcSession session) {
        if (declared) {
            session.execute("close " + cursor);
        }
    }
}
