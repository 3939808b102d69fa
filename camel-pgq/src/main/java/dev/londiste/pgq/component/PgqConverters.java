package dev.londiste.pgq.component;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.PgqBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Converter;

/** Camel's conversions of events and batches. */
@Converter(generateLoader = true)
public final class PgqConverters {

    private PgqConverters() {}

    /** The event's data. */
    @Converter
    public static String toText(Event event) {
        return event.data();
    }

    /** The event's data in UTF-8. */
    @Converter
    public static byte[] toBytes(Event event) {
        return event.data() == null ? new byte[0] : event.data().getBytes(StandardCharsets.UTF_8);
    }

    /** The event's data, a JSON object. */
    @Converter
    @SuppressWarnings("unchecked")
    public static Map<String, Object> toMap(Event event) {
        if (JsonValues.parse(event.data()) instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("The data of event " + event.id() + " is no JSON object");
    }

    /** All events of the batch at once, in memory. */
    @Converter
    public static List<Event> toList(PgqBatch batch) {
        var events = new ArrayList<Event>();
        batch.forEach(events::add);
        return events;
    }

    /** The events of the batch, read as they are asked for. */
    @Converter
    public static Iterator<Event> toIterator(PgqBatch batch) {
        return batch.iterator();
    }

    /** Refused: a batch has no text, and one made by accident would be taken for data. */
    @Converter
    @SuppressWarnings("DoNotCallSuggester")
    public static String toText(PgqBatch batch) {
        throw new IllegalArgumentException(
                batch + " does not become text: split it, or read it as List or Iterator of events");
    }
}
