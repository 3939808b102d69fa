package dev.londiste.docs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/** The catalog entry that Camel's own plugin made of a component. */
record Catalog(JsonObject json) {

    private static final Map<String, String> FILES = Map.of(
            "pgq", "camel-pgq/src/generated/resources/META-INF/dev/londiste/pgq/component/pgq.json",
            "londiste",
                    "camel-londiste/src/generated/resources/META-INF/dev/londiste/replication/component/londiste.json");

    /** What every Camel endpoint has; Camel's manual explains it. */
    private static final Predicate<JsonObject> OF_CAMEL = option -> List.of(
                    "bridgeErrorHandler",
                    "exceptionHandler",
                    "exchangePattern",
                    "lazyStartProducer",
                    "autowiredEnabled")
            .contains(option.getString("name"));

    static Catalog of(String component) {
        try {
            return new Catalog((JsonObject) Jsoner.deserialize(Repository.read(FILES.get(component))));
        } catch (DeserializationException e) {
            throw new IllegalStateException("The catalog of " + component + " is no JSON", e);
        }
    }

    /** A table of the options of the {@code component}, or of its {@code consumer}, {@code producer} or {@code common} endpoint. */
    String options(String kind) {
        boolean ofComponent = kind.equals("component");
        var table = new MarkdownTable("Option", "Default", "Type", "What it does");
        entries(ofComponent ? "componentProperties" : "properties").stream()
                .filter(OF_CAMEL.negate())
                .filter(option -> ofComponent || kind.equals(side(option)))
                .forEach(option -> table.row(List.of(
                        "`" + option.getString("name") + "`" + (isRequired(option) ? " (required)" : ""),
                        defaultValue(option),
                        type(option),
                        description(option))));
        return table.toString();
    }

    /** A table of all headers. */
    String headers() {
        var table = new MarkdownTable("Header", "For", "Type", "What it says");
        entries("headers")
                .forEach(header -> table.row(List.of(
                        "`" + header.getString("name") + "`",
                        Optional.ofNullable(header.getString("label"))
                                .filter(label -> !label.isEmpty())
                                .orElse("both"),
                        simpleName(header.getString("javaType")),
                        description(header))));
        return table.toString();
    }

    private List<JsonObject> entries(String section) {
        JsonObject entries = json.getMap(section) == null ? new JsonObject() : new JsonObject(json.getMap(section));
        return entries.entrySet().stream()
                .map(entry -> {
                    var option = (JsonObject) entry.getValue();
                    option.put("name", entry.getKey());
                    return option;
                })
                .toList();
    }

    private static String side(JsonObject option) {
        var label = String.valueOf(option.getString("label"));
        if (label.contains("consumer") || label.contains("scheduler")) {
            return "consumer";
        }
        return label.contains("producer") ? "producer" : "common";
    }

    private static boolean isRequired(JsonObject option) {
        return option.getBooleanOrDefault("required", false);
    }

    private static String defaultValue(JsonObject option) {
        var value = option.get("defaultValue");
        return value == null ? "" : "`" + value + "`";
    }

    private static String type(JsonObject option) {
        if (option.get("enum") instanceof List<?> names && names.size() <= 8) {
            return names.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        return option.getString("type").equals("object")
                ? simpleName(option.getString("javaType"))
                : option.getString("type");
    }

    private static String description(JsonObject option) {
        var text = String.valueOf(option.getString("description")).strip();
        return text.isEmpty() || text.endsWith(".") ? text : text + ".";
    }

    private static String simpleName(String type) {
        return type.replaceAll("[\\w.]+\\.", "");
    }
}
