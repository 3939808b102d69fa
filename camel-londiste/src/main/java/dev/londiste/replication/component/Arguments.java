package dev.londiste.replication.component;

import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.replication.admin.AddOptions;
import dev.londiste.replication.admin.AttributeChanges;
import dev.londiste.replication.admin.CaptureOptions;
import dev.londiste.replication.admin.TablePatterns;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;

/** The arguments of an operation, as what they mean. Belongs to one exchange. */
final class Arguments extends ArgumentValues {

    Arguments(LondisteConfiguration options, Exchange exchange) {
        super(options, exchange);
    }

    LondisteOperation operation() {
        var given = exchange().getMessage().getHeader(LondisteConstants.OPERATION);
        if (given == null) {
            return options().getOperation();
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

    /** Null for the number of rows. */
    String compareSql() {
        return text(LondisteConstants.COMPARE_SQL);
    }

    /** The one table that the operation is about. */
    String onlyTable() {
        var tables = requiredTables();
        var names = tables.names();
        if (names.size() != 1) {
            throw refused("Name one table, not " + names.size());
        }
        if (tables.hasGlobs()) {
            throw refused("Name one table, not all that match " + names.get(0));
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
        return script == null ? exchange().getMessage().getBody(String.class) : script;
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
            return options().getTimeout();
        }
        var timeout = exchange().getContext().getTypeConverter().tryConvertTo(Duration.class, exchange(), given);
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
        if (tables.isEmpty()) {
            throw refused("Name the tables, in the option tables or the header " + LondisteConstants.TABLES);
        }
        return tables;
    }

    /** The names given, or all; maybe none, refused when there are both. */
    TablePatterns tables() {
        var names = names();
        if (!flag(LondisteConstants.ALL)) {
            return names;
        }
        if (!names.isEmpty()) {
            throw refused("All tables, or those named: not both");
        }
        return TablePatterns.ALL;
    }

    private TablePatterns names() {
        var given = value(LondisteConstants.TABLES);
        if (given == null && options().isArgumentsFromBody() && !(body() instanceof Map)) {
            given = body();
        }
        return new TablePatterns(list(given == null ? options().getTables() : given));
    }
}
