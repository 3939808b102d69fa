package dev.londiste.pgq.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The query of a batch, as {@code pgq.batch_event_sql} gives it: events of one table or several, in the order of their
 * ids. Immutable.
 *
 * @param process the server process that gave it
 */
record BatchQuery(String sql, int process) {

    private static final String COLUMNS =
            "ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4";
    private static final String ORDER = " order by 1";
    private static final String UNION = " union all ";
    private static final Pattern PART = Pattern.compile("select " + COLUMNS + " from (\\S+) where (.+)");

    /**
     * The same events in the same order, where there are many: what is sorted are their ids and places, and each is
     * read when its turn comes. Sorted as a whole they would fill temporary files before the first of them is handed out.
     */
    String byPlace() {
        if (!sql.endsWith(ORDER)) {
            return sql;
        }
        var parts = Arrays.stream(
                        sql.substring(0, sql.length() - ORDER.length()).split(UNION))
                .map(PART::matcher)
                .toList();
        return parts.stream().allMatch(Matcher::matches) ? byPlace(parts) : sql;
    }

    private static String byPlace(List<Matcher> parts) {
        var places = new ArrayList<String>();
        var events = new ArrayList<String>();
        for (var part : parts) {
            int nr = places.size();
            places.add(
                    "select ev_id, ctid as place, " + nr + " as nr from " + part.group(1) + " where " + part.group(2));
            var table = parts.size() == 1 ? "" : "k.nr = " + nr + " and ";
            events.add("select " + COLUMNS + " from " + part.group(1) + " where " + table + "ctid = k.place");
        }
        // The offset keeps the server from joining by other means than one look at each place.
        return "select k.ev_id, e.ev_time, e.ev_txid, e.ev_retry, e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3,"
                + " e.ev_extra4 from (" + String.join(UNION, places) + ORDER + ") k, lateral ("
                + String.join(UNION, events) + " offset 0) e" + ORDER;
    }
}
