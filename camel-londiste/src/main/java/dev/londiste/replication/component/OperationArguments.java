package dev.londiste.replication.component;

import static dev.londiste.replication.component.LondisteOperation.ATTACH_PARTITION;
import static dev.londiste.replication.component.LondisteOperation.COMPARE;
import static dev.londiste.replication.component.LondisteOperation.DELETE_FAILED;
import static dev.londiste.replication.component.LondisteOperation.DETACH_PARTITION;
import static dev.londiste.replication.component.LondisteOperation.DROP_PARTITION;
import static dev.londiste.replication.component.LondisteOperation.EXECUTE;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_ADD;
import static dev.londiste.replication.component.LondisteOperation.PROVIDER_UNINSTALL;
import static dev.londiste.replication.component.LondisteOperation.REPAIR;
import static dev.londiste.replication.component.LondisteOperation.RESEND;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_ADD;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_FKEYS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_RESET;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_RESTORE_TRIGGERS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_SET;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_TRIGGERS;
import static dev.londiste.replication.component.LondisteOperation.SUBSCRIBER_UNINSTALL;
import static dev.londiste.replication.component.LondisteOperation.SWITCH_OVER;
import static dev.londiste.replication.component.LondisteOperation.WAIT_SYNC;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which operations an argument is for, by its header: who gives one to another operation means something that would not be
 * done. Options are for all operations that an endpoint may be asked for, so they are not judged. Immutable.
 */
final class OperationArguments {

    private static final Set<LondisteOperation> WITH_TABLES = EnumSet.allOf(LondisteOperation.class).stream()
            .filter(LondisteOperation::takesTables)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(LondisteOperation.class)));

    private static final Set<LondisteOperation> ADD = EnumSet.of(SUBSCRIBER_ADD);
    private static final Set<LondisteOperation> ADD_AND_SET = EnumSet.of(SUBSCRIBER_ADD, SUBSCRIBER_SET);
    private static final Set<LondisteOperation> CAPTURE = EnumSet.of(PROVIDER_ADD);
    private static final Set<LondisteOperation> PARTITIONS =
            EnumSet.of(ATTACH_PARTITION, DETACH_PARTITION, DROP_PARTITION);

    /** Those that are not here are for every operation, or judged elsewhere. */
    private static final Map<String, Set<LondisteOperation>> OPERATIONS = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        OPERATIONS.putAll(Map.ofEntries(
                Map.entry(LondisteConstants.TABLES, WITH_TABLES),
                Map.entry(LondisteConstants.ALL, WITH_TABLES),
                Map.entry(
                        LondisteConstants.FORCE,
                        EnumSet.of(
                                SUBSCRIBER_ADD,
                                SUBSCRIBER_RESET,
                                PROVIDER_UNINSTALL,
                                SUBSCRIBER_UNINSTALL,
                                COMPARE,
                                REPAIR)),
                Map.entry(LondisteConstants.EXPECT_SYNC, ADD),
                Map.entry(LondisteConstants.SNAPSHOT, ADD),
                Map.entry(LondisteConstants.SKIP_TRUNCATE, ADD),
                Map.entry(LondisteConstants.DEST_TABLE, ADD),
                Map.entry(LondisteConstants.ROW_FILTER, ADD_AND_SET),
                Map.entry(LondisteConstants.COLUMNS, ADD_AND_SET),
                Map.entry(LondisteConstants.COLUMN_EXPRESSIONS, ADD_AND_SET),
                Map.entry(LondisteConstants.ON_CONFLICT, ADD_AND_SET),
                Map.entry(LondisteConstants.ON_FAILURE, ADD_AND_SET),
                Map.entry(LondisteConstants.KEY, CAPTURE),
                Map.entry(LondisteConstants.CAPTURE, CAPTURE),
                Map.entry(LondisteConstants.BACKUP, CAPTURE),
                Map.entry(LondisteConstants.TYPE, EnumSet.of(SUBSCRIBER_FKEYS, SUBSCRIBER_TRIGGERS)),
                Map.entry(LondisteConstants.TRIGGER, EnumSet.of(SUBSCRIBER_RESTORE_TRIGGERS)),
                Map.entry(LondisteConstants.CHECKSUM, EnumSet.of(COMPARE)),
                Map.entry(LondisteConstants.COMPARE_SQL, EnumSet.of(COMPARE)),
                Map.entry(LondisteConstants.EVENT_ID, EnumSet.of(DELETE_FAILED)),
                Map.entry(LondisteConstants.APPLY, EnumSet.of(REPAIR)),
                Map.entry(LondisteConstants.TIMEOUT, EnumSet.of(WAIT_SYNC, SWITCH_OVER)),
                Map.entry(LondisteConstants.SCRIPT_NAME, EnumSet.of(EXECUTE)),
                Map.entry(LondisteConstants.SCRIPT, EnumSet.of(EXECUTE)),
                Map.entry(LondisteConstants.PARTITION, PARTITIONS),
                Map.entry(LondisteConstants.PARTITION_BOUND, EnumSet.of(ATTACH_PARTITION)),
                Map.entry(LondisteConstants.WHERE, EnumSet.of(RESEND)),
                Map.entry(LondisteConstants.AFTER, EnumSet.of(RESEND)),
                Map.entry(LondisteConstants.ROWS_PER_SECOND, EnumSet.of(RESEND))));
    }

    private OperationArguments() {}

    /** Also true for headers of others. */
    static boolean takes(LondisteOperation operation, String header) {
        var operations = OPERATIONS.get(header);
        return operations == null || operations.contains(operation);
    }

    /** What is wrong with an argument that is not taken, and what to do. */
    static String refusal(LondisteOperation operation, String header, String name) {
        var operations = OPERATIONS.get(header);
        var others = operations.equals(WITH_TABLES)
                ? ", which takes no names"
                : ", but of " + operations.stream().map(LondisteOperation::name).collect(Collectors.joining(", "));
        return name + " is no argument of " + operation + others + "; nothing was done: leave it out";
    }
}
