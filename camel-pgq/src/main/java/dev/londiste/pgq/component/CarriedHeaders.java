package dev.londiste.pgq.component;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Message;

/** Headers that travel with an event, as a JSON object in its fourth extra field. Immutable. */
public final class CarriedHeaders {

    private static final String TRACEPARENT = "traceparent";
    private static final Pattern W3C_TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final List<String> names;

    /**
     * @param names a comma-separated list, may be null; {@code traceparent} is always carried
     */
    public CarriedHeaders(String names) {
        this.names = names == null
                ? List.of()
                : Arrays.stream(names.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    /** What to store with the event; empty when the message has none of the headers. */
    public Optional<String> write(Message message) {
        var carried = new LinkedHashMap<String, Object>();
        put(carried, TRACEPARENT, message);
        names.forEach(name -> put(carried, name, message));
        return carried.isEmpty() ? Optional.empty() : Optional.of(JsonValues.write(carried));
    }

    private static void put(Map<String, Object> carried, String name, Message message) {
        var value = message.getHeader(name);
        if (value != null) {
            carried.put(name, value);
        }
    }

    /** Sets one header with all that was carried; of them only a valid traceparent becomes a header of its own. */
    public static void read(String extra4, Message message) {
        if (extra4 == null || !extra4.startsWith("{")) {
            return;
        }
        try {
            if (JsonValues.parse(extra4) instanceof Map<?, ?> carried) {
                message.setHeader(PgqConstants.EVENT_HEADERS, carried);
                if (carried.get(TRACEPARENT) instanceof String trace
                        && W3C_TRACEPARENT.matcher(trace).matches()) {
                    message.setHeader(TRACEPARENT, trace);
                }
            }
        } catch (IllegalArgumentException e) {
            // Somebody else's text: it is in the header of the field itself.
            message.removeHeader(PgqConstants.EVENT_HEADERS);
        }
    }
}
