package dev.londiste.pgq.component;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.Jsoner;

/**
 * JSON text as Java values and back: Map, List, String, Boolean, Long or BigDecimal, null. Numbers never go through
 * double.
 */
public final class JsonValues {

    private JsonValues() {}

    /** Null for null text. */
    public static Object parse(String json) {
        if (json == null) {
            return null;
        }
        try {
            return plain(Jsoner.deserialize(json));
        } catch (DeserializationException e) {
            // Its message would show data.
            throw new IllegalArgumentException("The event's data is not JSON", e);
        }
    }

    /** What JSON does not know becomes text, as by {@code toString}. */
    public static String write(Object value) {
        return Jsoner.serialize(json(value));
    }

    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            var plain = new LinkedHashMap<String, Object>();
            map.forEach((key, item) -> plain.put((String) key, plain(item)));
            return plain;
        }
        if (value instanceof List<?> list) {
            var plain = new ArrayList<>();
            list.forEach(item -> plain.add(plain(item)));
            return plain;
        }
        return value instanceof BigDecimal number ? number(number) : value;
    }

    /** 1 is a Long; 1.0 and what no long holds stay as they are. */
    private static Object number(BigDecimal number) {
        return number.scale() == 0 && number.unscaledValue().bitLength() < Long.SIZE
                ? (Object) number.longValueExact()
                : number;
    }

    private static Object json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean || value instanceof String) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            var json = new LinkedHashMap<String, Object>();
            map.forEach((key, item) -> json.put(String.valueOf(key), json(item)));
            return json;
        }
        if (value instanceof Iterable<?> items) {
            var json = new ArrayList<>();
            items.forEach(item -> json.add(json(item)));
            return json;
        }
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value.toString();
    }
}
