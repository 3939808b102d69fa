package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Row;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which events must keep their order: those that share a lane. A change of a row is in the lane of its table and key, one
 * that changes the key in the lanes of both; any other event in that of its first extra field, all without one in one lane.
 */
final class EventLanes {

    private static final String SEPARATOR = "\0";

    private EventLanes() {}

    /** Null for TRUNCATE, which concerns every lane. */
    static List<String> of(Event event, Change change) {
        if (change == null) {
            return List.of("event" + SEPARATOR + event.extra1());
        }
        if (change.operation() == Change.Operation.TRUNCATE) {
            return null;
        }
        var lane = lane(change, change.row());
        return change.oldKey() == null ? List.of(lane) : List.of(lane(change, change.oldKey()), lane);
    }

    private static String lane(Change change, Row row) {
        return change.keyColumns().stream()
                .map(row::value)
                .map(String::valueOf)
                .collect(Collectors.joining(SEPARATOR, change.table() + SEPARATOR, ""));
    }
}
