package dev.londiste.replication.component;

import org.apache.camel.spi.Metadata;

/** Headers of the component. All of them are arguments of operations, and are removed after use. */
public final class LondisteConstants {

    @Metadata(
            label = "producer",
            description = "The operation, instead of that of the endpoint",
            javaType = "dev.londiste.replication.component.LondisteOperation")
    public static final String OPERATION = "CamelLondisteOperation";

    @Metadata(
            label = "producer",
            description =
                    "Names of tables or sequences: comma-separated text or a Collection, globs allowed, the schema"
                            + " defaulting to public",
            javaType = "String")
    public static final String TABLES = "CamelLondisteTables";

    @Metadata(label = "producer", description = "All tables, instead of named ones", javaType = "Boolean")
    public static final String ALL = "CamelLondisteAll";

    @Metadata(
            label = "producer",
            description =
                    "SUBSCRIBER_ADD: ignore differences between the tables of both sides. SUBSCRIBER_RESET: also with"
                            + " tables that were copied. PROVIDER_UNINSTALL, SUBSCRIBER_UNINSTALL: also what depends on"
                            + " us. COMPARE, REPAIR: do not ask first whether the replay keeps up",
            javaType = "Boolean")
    public static final String FORCE = "CamelLondisteForce";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD: the rows are there already, no copy is needed",
            javaType = "Boolean")
    public static final String EXPECT_SYNC = "CamelLondisteExpectSync";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD: the first copy does not remove the rows that are there",
            javaType = "Boolean")
    public static final String SKIP_TRUNCATE = "CamelLondisteSkipTruncate";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD: the table's name on the subscriber, schema.table",
            javaType = "String")
    public static final String DEST_TABLE = "CamelLondisteDestTable";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD, SUBSCRIBER_SET: SQL over the provider's row; only rows that satisfy it are"
                    + " replicated. An empty text removes it",
            javaType = "String")
    public static final String ROW_FILTER = "CamelLondisteRowFilter";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD, SUBSCRIBER_SET: only these columns of the provider are replicated,"
                    + " comma-separated text or a Collection. An empty one means all",
            javaType = "String")
    public static final String COLUMNS = "CamelLondisteColumns";

    @Metadata(
            label = "producer",
            description =
                    "SUBSCRIBER_ADD, SUBSCRIBER_SET: SQL over the provider's row in place of a column's own value, by"
                            + " column: a Map, or a JSON object as text. An empty one removes all",
            javaType = "java.util.Map")
    public static final String COLUMN_EXPRESSIONS = "CamelLondisteColumnExpressions";

    @Metadata(
            label = "producer",
            description =
                    "SUBSCRIBER_ADD, SUBSCRIBER_SET: what becomes of changes that do not fit the subscriber's rows",
            javaType = "String",
            enums = "STOP,OVERWRITE,SKIP")
    public static final String ON_CONFLICT = "CamelLondisteOnConflict";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD, SUBSCRIBER_SET: what becomes of changes that the subscriber refuses",
            javaType = "String",
            enums = "STOP,FAILED_QUEUE")
    public static final String ON_FAILURE = "CamelLondisteOnFailure";

    @Metadata(
            label = "producer",
            description = "PROVIDER_ADD: columns of a unique key, comma-separated, for tables without a primary key",
            javaType = "String")
    public static final String KEY = "CamelLondisteKey";

    @Metadata(
            label = "producer",
            description = "PROVIDER_ADD: row or statement triggers",
            javaType = "String",
            enums = "row,statement")
    public static final String CAPTURE = "CamelLondisteCapture";

    @Metadata(
            label = "producer",
            description = "PROVIDER_ADD: updates carry the whole old row too",
            javaType = "Boolean")
    public static final String BACKUP = "CamelLondisteBackup";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_FKEYS, SUBSCRIBER_TRIGGERS: only pending, or only active ones",
            javaType = "String",
            enums = "pending,active")
    public static final String TYPE = "CamelLondisteType";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_RESTORE_TRIGGERS: only the trigger of this name",
            javaType = "String")
    public static final String TRIGGER = "CamelLondisteTrigger";

    @Metadata(
            label = "producer",
            description = "COMPARE: compare contents by checksum, instead of numbers of rows",
            javaType = "Boolean")
    public static final String CHECKSUM = "CamelLondisteChecksum";

    @Metadata(
            label = "producer",
            description =
                    "COMPARE: SQL whose first row is compared, instead of numbers of rows; _TABLE_ in it stands for the"
                            + " table",
            javaType = "String")
    public static final String COMPARE_SQL = "CamelLondisteCompareSql";

    @Metadata(label = "producer", description = "DELETE_FAILED: only the event of this id", javaType = "Long")
    public static final String EVENT_ID = "CamelLondisteEventId";

    @Metadata(
            label = "producer",
            description = "SUBSCRIBER_ADD with expectSync: the provider's snapshot that the rows were loaded under, as"
                    + " pg_current_snapshot() gives it",
            javaType = "String")
    public static final String SNAPSHOT = "CamelLondisteSnapshot";

    @Metadata(
            label = "producer",
            description = "Install, uninstall, add, remove, execute, partitions, PROVIDER_REFRESH, SUBSCRIBER_DENY and"
                    + " SUBSCRIBER_ALLOW: answer the SQL, a row for each side, and change nothing. All but"
                    + " installing is done and rolled back, so that it fails as it would. Other operations"
                    + " refuse it",
            javaType = "Boolean")
    public static final String DRY_RUN = "CamelLondisteDryRun";

    @Metadata(
            label = "producer",
            description = "REPAIR: run the statements, instead of only writing them",
            javaType = "Boolean")
    public static final String APPLY = "CamelLondisteApply";

    @Metadata(
            label = "producer",
            description =
                    "WAIT_SYNC, SWITCH_OVER: how long to wait until all is applied, as milliseconds or as 30s or 5m, 0 for"
                            + " ever; instead of the option timeout",
            javaType = "String")
    public static final String TIMEOUT = "CamelLondisteTimeout";

    @Metadata(
            label = "producer",
            description = "EXECUTE: the name of the script; a name is executed once",
            javaType = "String")
    public static final String SCRIPT_NAME = "CamelLondisteScriptName";

    @Metadata(label = "producer", description = "EXECUTE: the script, instead of the body", javaType = "String")
    public static final String SCRIPT = "CamelLondisteScript";

    @Metadata(
            label = "producer",
            description = "ATTACH_PARTITION, DETACH_PARTITION, DROP_PARTITION: the partition, schema.table",
            javaType = "String")
    public static final String PARTITION = "CamelLondistePartition";

    @Metadata(
            label = "producer",
            description = "ATTACH_PARTITION: SQL, as in: for values from (1) to (10)",
            javaType = "String")
    public static final String PARTITION_BOUND = "CamelLondistePartitionBound";

    @Metadata(
            label = "producer",
            description = "RESEND: SQL over the row; only such rows are sent",
            javaType = "String")
    public static final String WHERE = "CamelLondisteWhere";

    @Metadata(
            label = "producer",
            description = "RESEND: go on after this key, a JSON object as an earlier result or error has it",
            javaType = "String")
    public static final String AFTER = "CamelLondisteAfter";

    @Metadata(label = "producer", description = "RESEND: at most so many rows a second", javaType = "Integer")
    public static final String ROWS_PER_SECOND = "CamelLondisteRowsPerSecond";

    private LondisteConstants() {}
}
