package dev.londiste.pgq.read;

import dev.londiste.pgq.jdbc.Identifiers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which events of a batch are wanted; the server sorts out the others. Immutable.
 *
 * @param tables globs on {@code ev_extra1}, {@code schema.table}; empty for all
 * @param eventTypes globs on {@code ev_type}; empty for all
 * @param sql a condition over the columns of an event, from configuration only; null for none
 * @param fromEventId only events with this or a greater id, in the order of id and transaction; null for all
 */
public record EventFilter(List<String> tables, List<String> eventTypes, String sql, Long fromEventId) {

    public static final EventFilter ALL = new EventFilter(List.of(), List.of(), null);

    public EventFilter {
        tables = List.copyOf(tables);
        eventTypes = List.copyOf(eventTypes);
    }

    public EventFilter(List<String> tables, List<String> eventTypes, String sql) {
        this(tables, eventTypes, sql, null);
    }

    /** The same from an event on. */
    EventFilter from(long eventId) {
        return new EventFilter(tables, eventTypes, sql, eventId);
    }

    /** The globs of a comma-separated list; null for none. */
    public static List<String> globs(String list) {
        return list == null
                ? List.of()
                : Arrays.stream(list.split(","))
                        .map(String::strip)
                        .filter(glob -> !glob.isEmpty())
                        .toList();
    }

    /** The query of a batch reduced to the wanted events. It has no parameters: COPY takes none. */
    String applyTo(String batchQuery) {
        var conditions = new ArrayList<String>();
        if (!tables.isEmpty()) {
            conditions.add("e.ev_extra1 " + likeAny(tables));
        }
        if (!eventTypes.isEmpty()) {
            conditions.add("e.ev_type " + likeAny(eventTypes));
        }
        if (sql != null && !sql.isBlank()) {
            conditions.add("(" + sql + ")");
        }
        if (fromEventId != null) {
            conditions.add("e.ev_id >= " + fromEventId);
        }
        return "select * from (" + batchQuery + ") e"
                + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
                + (fromEventId == null ? "" : " order by e.ev_id, e.ev_txid");
    }

    private static String likeAny(List<String> globs) {
        return globs.stream()
                .map(glob -> Identifiers.literal(pattern(glob)))
                .collect(Collectors.joining(", ", "like any (array[", "])"));
    }

    private static String pattern(String glob) {
        return glob.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace('*', '%')
                .replace('?', '_');
    }
}
