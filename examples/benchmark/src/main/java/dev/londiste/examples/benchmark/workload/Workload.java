package dev.londiste.examples.benchmark.workload;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Tables, and changes of them as the text of one server.
 *
 * @param schema creates the tables, on either side
 * @param tables their names, referenced ones first
 * @param changes the text that makes so many changes, in transactions of its own
 */
public record Workload(String name, String schema, List<String> tables, IntFunction<String> changes) {

    /** Its only row is the last of all changes: when it is there, all is. */
    private static final String MARKER_TABLE = "create table marker (id int primary key);\n";

    public static final String MARKER = "insert into marker values (1)";

    public static final String MARKER_ARRIVED = "select exists (select from marker)";

    /** Adds the marker. */
    static Workload of(String name, String schema, List<String> tables, IntFunction<String> changes) {
        return new Workload(
                name,
                MARKER_TABLE + schema,
                Stream.concat(tables.stream(), Stream.of("marker")).toList(),
                changes);
    }

    /** The same under another name. */
    public Workload named(String other) {
        return new Workload(other, schema, tables, changes);
    }
}
