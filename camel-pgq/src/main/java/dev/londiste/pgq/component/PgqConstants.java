package dev.londiste.pgq.component;

import org.apache.camel.spi.Metadata;

/** Names of the headers and properties of the component. */
public final class PgqConstants {

    @Metadata(label = "consumer", description = "The queue that the exchange comes from", javaType = "String")
    public static final String QUEUE = "CamelPgqQueue";

    @Metadata(label = "consumer", description = "The consumer that has read it", javaType = "String")
    public static final String CONSUMER = "CamelPgqConsumer";

    @Metadata(
            description =
                    "The id of the event. After INSERT_EVENT the id of the new event, or a List of ids in the order of"
                            + " the body",
            javaType = "Long")
    public static final String EVENT_ID = "CamelPgqEventId";

    @Metadata(description = "The type of the event", javaType = "String")
    public static final String EVENT_TYPE = "CamelPgqEventType";

    @Metadata(label = "consumer", description = "When the event was inserted", javaType = "java.time.Instant")
    public static final String EVENT_TIME = "CamelPgqEventTime";

    @Metadata(label = "consumer", description = "The transaction that inserted the event", javaType = "Long")
    public static final String EVENT_TXID = "CamelPgqEventTxid";

    @Metadata(label = "consumer", description = "How often the event has been retried", javaType = "Integer")
    public static final String EVENT_RETRY = "CamelPgqEventRetry";

    @Metadata(description = "The first extra field of the event", javaType = "String")
    public static final String EXTRA1 = "CamelPgqExtra1";

    @Metadata(description = "The second extra field of the event", javaType = "String")
    public static final String EXTRA2 = "CamelPgqExtra2";

    @Metadata(description = "The third extra field of the event", javaType = "String")
    public static final String EXTRA3 = "CamelPgqExtra3";

    @Metadata(description = "The fourth extra field of the event", javaType = "String")
    public static final String EXTRA4 = "CamelPgqExtra4";

    @Metadata(label = "consumer", description = "The id of the batch", javaType = "Long")
    public static final String BATCH_ID = "CamelPgqBatchId";

    @Metadata(label = "consumer", description = "The tick that ends the batch", javaType = "Long")
    public static final String TICK_ID = "CamelPgqTickId";

    @Metadata(label = "consumer", description = "The tick that the batch begins at", javaType = "Long")
    public static final String PREV_TICK_ID = "CamelPgqPrevTickId";

    @Metadata(label = "consumer", description = "The changed table, schema.table", javaType = "String")
    public static final String TABLE = "CamelPgqTable";

    @Metadata(
            label = "consumer",
            description = "What happened to the row",
            javaType = "String",
            enums = "INSERT,UPDATE,DELETE,TRUNCATE")
    public static final String CHANGE = "CamelPgqChange";

    @Metadata(label = "consumer", description = "The key of the row as text, before the change", javaType = "String")
    public static final String KEY = "CamelPgqKey";

    @Metadata(
            label = "consumer",
            description = "The names of the key's columns",
            javaType = "java.util.List<java.lang.String>")
    public static final String KEY_COLUMNS = "CamelPgqKeyColumns";

    @Metadata(label = "consumer", description = "The old key as JSON, when an update changed it", javaType = "String")
    public static final String OLD_KEY = "CamelPgqOldKey";

    @Metadata(
            label = "consumer",
            description = "The whole old row as JSON, where the table captures it",
            javaType = "String")
    public static final String OLD_ROW = "CamelPgqOldRow";

    @Metadata(
            label = "consumer",
            description = "The headers that the producer sent along with the event",
            javaType = "java.util.Map<java.lang.String, java.lang.Object>")
    public static final String EVENT_HEADERS = "CamelPgqEventHeaders";

    @Metadata(
            label = "producer",
            description = "The operation, instead of that of the endpoint; removed after use",
            javaType = "dev.londiste.pgq.component.PgqOperation")
    public static final String OPERATION = "CamelPgqOperation";

    @Metadata(
            label = "producer",
            description = "The queue, instead of that of the endpoint; removed after use",
            javaType = "String")
    public static final String OVERRIDE_QUEUE = "CamelPgqOverrideQueue";

    /** Exchange property: the {@link dev.londiste.pgq.Event} of an exchange per event, whatever its body became. */
    public static final String EVENT = "CamelPgqEvent";

    private PgqConstants() {}
}
