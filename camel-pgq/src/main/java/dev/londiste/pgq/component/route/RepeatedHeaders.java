package dev.londiste.pgq.component.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Message;

/**
 * Headers of one message after the other, which mostly have the same names. Camel's map of headers compares names at each
 * put; a map that is sorted as Camel's is copied without comparing any. Not thread-safe.
 */
final class RepeatedHeaders {

    private final TreeMap<String, Object> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    /** Of {@link #sorted}, in the order in which they were put. */
    private final List<String> names = new ArrayList<>();
    /** Of the same order; empty while they have to be looked for. */
    private final List<Map.Entry<String, Object>> entries = new ArrayList<>();

    private int position;

    void begin() {
        position = 0;
    }

    /** Puts a header that is not there yet; null is left out. */
    void put(String name, Object value) {
        if (value == null) {
            return;
        }
        if (position < entries.size() && names.get(position).equals(name)) {
            entries.get(position).setValue(value);
        } else {
            forgetFrom(position);
            sorted.put(name, value);
            names.add(name);
        }
        position++;
    }

    /** Makes them the headers of a message that has none. */
    void moveTo(Message message) {
        if (position < names.size()) {
            forgetFrom(position);
        }
        if (entries.isEmpty()) {
            findEntries();
        }
        message.setHeaders(sorted);
    }

    private void forgetFrom(int from) {
        var gone = names.subList(from, names.size());
        gone.forEach(sorted::remove);
        gone.clear();
        entries.clear();
    }

    private void findEntries() {
        var byName = new HashMap<String, Map.Entry<String, Object>>();
        sorted.entrySet().forEach(entry -> byName.put(entry.getKey(), entry));
        names.forEach(name -> entries.add(byName.get(name)));
    }
}
