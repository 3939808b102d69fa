package dev.londiste.replication.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.CaptureOptions;
import dev.londiste.replication.admin.TablePatterns;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/**
 * The arguments of an operation: headers first, then the body if the endpoint reads it, then options. Belongs to one
 * exchange.
 */
final class Arguments {

    private static final String PREFIX = "CamelLondiste";

    /** As of the headers, in the order of the alphabet. */
    private static final Set<String> NAMES = names();

    private final LondisteConfiguration options;
    private final Exchange exchange;

    Arguments(LondisteConfiguration options, Exchange exchange) {
        this.options = options;
        this.exchange = exchange;
    }

    /** Refuses names of arguments that no operation knows: a switch that is misspelt must not go unnoticed. */
    void requireKnown() {
        if (options.isArgumentsFromBody() && body() instanceof Map<?, ?> arguments) {
            arguments.keySet().forEach(name -> requireKnown(name.toString(), options.getQueue()));
        }
    }

    static void requireKnown(String name, String queue) {
        if (!NAMES.contains(name)) {
            throw new PgqException(
                    "There is no argument " + name + "; arguments are " + String.join(", ", NAMES),
                    Facts.of(queue, null).sqlState("LD009"),
                    null);
        }
    }

    static void removeFrom(Message message) {
        message.removeHeaders(PREFIX + "*");
    }

    LondisteOperation operation() {
        var given = exchange.getMessage().getHeader(LondisteConstants.OPERATION);
        if (given == null) {
            return options.getOperation();
        }
        try {
            return LondisteOperation.valueOf(given.toString());
        } catch (IllegalArgumentException e) {
            throw refused("There is no operation " + given + "; operations are "
                    + Arrays.toString(LondisteOperation.values()));
        }
    }

    boolean force() {
        return flag(LondisteConstants.FORCE);
    }

    boolean dryRun() {
        return flag(LondisteConstants.DRY_RUN);
    }

    AddOptions addOptions() {
        return new AddOptions(
                flag(LondisteConstants.FORCE),
                flag(LondisteConstants.EXPECT_SYNC),
                flag(LondisteConstants.SKIP_TRUNCATE),
                text(LondisteConstants.DEST_TABLE),
                attributeChanges(),
                snapshot());
    }

    private TxidSnapshot snapshot() {
        var text = text(LondisteConstants.SNAPSHOT);
        try {
            return text == null ? null : TxidSnapshot.parse(text);
        } catch (IllegalArgumentException e) {
            throw refused("Not a snapshot, such as pg_current_snapshot() gives it: " + text);
        }
    }

    AttributeChanges attributeChanges() {
        var columns = value(LondisteConstants.COLUMNS);
        return new AttributeChanges(
                text(LondisteConstants.ROW_FILTER),
                columns == null ? null : list(columns),
                texts(LondisteConstants.COLUMN_EXPRESSIONS),
                text(LondisteConstants.ON_CONFLICT),
                text(LondisteConstants.ON_FAILURE));
    }

    /** A Map, or a JSON object as text. */
    private Map<String, String> texts(String header) {
        var value = value(header);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Map<?, ?> || value.toString().isBlank())) {
            value = Jsoner.deserialize(value.toString(), (JsonObject) null);
        }
        var texts = new LinkedHashMap<String, String>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, text) -> texts.put(key.toString(), String.valueOf(text)));
        } else if (value == null) {
            throw refused(header + " must be a Map, or a JSON object as text");
        }
        return texts;
    }

    CaptureOptions captureOptions() {
        var key = text(LondisteConstants.KEY);
        return new CaptureOptions(
                key == null ? null : list(key), text(LondisteConstants.CAPTURE), flag(LondisteConstants.BACKUP));
    }

    /** pending, active, or null for both. */
    String type() {
        return text(LondisteConstants.TYPE);
    }

    boolean checksum() {
        return flag(LondisteConstants.CHECKSUM);
    }

    /** The one table that the operation is about. */
    String onlyTable() {
        var names = requiredTables().names();
        if (names.size() != 1) {
            throw refused("Name one table, not " + names.size());
        }
        return names.get(0);
    }

    String partition() {
        return required(LondisteConstants.PARTITION);
    }

    String partitionBound() {
        return required(LondisteConstants.PARTITION_BOUND);
    }

    String scriptName() {
        return required(LondisteConstants.SCRIPT_NAME);
    }

    /** The script is a header, an argument, or the body. */
    String script() {
        var script = text(LondisteConstants.SCRIPT);
        return script == null ? exchange.getMessage().getBody(String.class) : script;
    }

    String where() {
        return text(LondisteConstants.WHERE);
    }

    String after() {
        return text(LondisteConstants.AFTER);
    }

    /** Zero for any number. */
    int rowsPerSecond() {
        var number = number(LondisteConstants.ROWS_PER_SECOND);
        return number == null ? 0 : Math.toIntExact(number);
    }

    private String required(String header) {
        var text = text(header);
        if (text == null || text.isBlank()) {
            throw refused("The operation needs the header " + header);
        }
        return text;
    }

    /** One event; null for all. */
    Long eventId() {
        return number(LondisteConstants.EVENT_ID);
    }

    private Long number(String header) {
        var text = text(header);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw refused(header + " must be a number but is " + text);
        }
    }

    boolean apply() {
        return flag(LondisteConstants.APPLY);
    }

    /** Zero for ever. */
    Duration timeout() {
        var given = value(LondisteConstants.TIMEOUT);
        if (given == null) {
            return options.getTimeout();
        }
        var timeout = exchange.getContext().getTypeConverter().tryConvertTo(Duration.class, exchange, given);
        if (timeout == null) {
            throw refused(LondisteConstants.TIMEOUT + " must be a time such as 30s but is " + given);
        }
        return timeout;
    }

    String trigger() {
        return text(LondisteConstants.TRIGGER);
    }

    /** The names given, or all; refused when there is neither, or both. */
    TablePatterns requiredTables() {
        var tables = tables();
        boolean all = flag(LondisteConstants.ALL);
        if (tables.isEmpty() && !all) {
            throw refused("Name the tables, in the option tables or the header " + LondisteConstants.TABLES);
        }
        if (!tables.isEmpty() && all) {
            throw refused("All tables, or those named: not both");
        }
        return all ? TablePatterns.ALL : tables;
    }

    /** The names given, maybe none. */
    TablePatterns tables() {
        var given = value(LondisteConstants.TABLES);
        if (given == null && options.isArgumentsFromBody() && !(body() instanceof Map)) {
            given = body();
        }
        return new TablePatterns(list(given == null ? options.getTables() : given));
    }

    private static List<String> list(Object names) {
        if (names == null) {
            return List.of();
        }
        if (names instanceof Collection<?> several) {
            return several.stream().map(Object::toString).toList();
        }
        return Arrays.stream(names.toString().split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private boolean flag(String header) {
        var value = value(header);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        return switch (value.toString()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(header + " must be true or false but is " + value);
        };
    }

    private String text(String header) {
        var value = value(header);
        return value == null ? null : value.toString();
    }

    private Object value(String header) {
        var value = exchange.getMessage().getHeader(header);
        var name = optionName(header);
        if (value == null && options.isArgumentsFromBody() && body() instanceof Map<?, ?> arguments) {
            value = arguments.get(name);
        }
        return value == null ? options.getArguments().get(name) : value;
    }

    private Object body() {
        return exchange.getMessage().getBody();
    }

    private static Set<String> names() {
        var names = new TreeSet<String>();
        for (var constant : LondisteConstants.class.getFields()) {
            try {
                names.add(optionName((String) constant.get(null)));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("Not a public constant: " + constant, e);
            }
        }
        return Collections.unmodifiableSet(names);
    }

    private static String optionName(String header) {
        var name = header.substring(PREFIX.length());
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private PgqException refused(String sentence) {
        return new PgqException(sentence, Facts.of(options.getQueue(), null).sqlState("LD009"), null);
    }
}
