package dev.londiste.replication.follow;

import dev.londiste.pgq.SqlScripts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Our functions as a session of a followed provider has them: in pg_temp, made by the session for itself. Immutable and
 * thread-safe.
 */
final class FollowedSql {

    /** What the schema londiste has to read a table with; it needs nothing that is registered there. */
    private static final Set<String> READING = Set.of(
            "version",
            "find_rel_oid",
            "find_table_oid",
            "full_name",
            "table_oid",
            "base_type",
            "estimate_rows",
            "has_binary_format",
            "copy_columns",
            "tick_before",
            "evaluate_rows",
            "queue_problems",
            "equals_schema",
            "compared_columns",
            "compared_from",
            "compared_pages",
            "count_rows",
            "value_text",
            "compared_rows",
            "bucket_sql",
            "bucket_sums",
            "bucket_rows",
            "rows_by_key");

    private static final Pattern FUNCTION = Pattern.compile(
            "create or replace function (?:londiste|pg_temp)\\.(\\w+)\\(.*?\\$\\$.*?\\$\\$;", Pattern.DOTALL);

    private static final Pattern CALL = Pattern.compile("\\blondiste\\.(\\w+)(?=\\()");

    static final FollowedSql SHARED = new FollowedSql();

    private final Map<String, String> functions = new LinkedHashMap<>();

    private FollowedSql() {
        functions(SqlScripts.texts("londiste")).forEach((name, text) -> {
            if (READING.contains(name)) {
                functions.put(name, text);
            }
        });
        functions.putAll(functions(SqlScripts.texts("follow")));
    }

    private static Map<String, String> functions(List<String> files) {
        var found = new LinkedHashMap<String, String>();
        for (var file : files) {
            var function = FUNCTION.matcher(file);
            while (function.find()) {
                found.put(function.group(1), CALL.matcher(function.group()).replaceAll("pg_temp.$1"));
            }
        }
        return found;
    }

    /** Makes all functions. */
    String script() {
        return String.join("\n", functions.values());
    }

    /** A statement with the functions of the session in place of those of the schema londiste. */
    String translated(String sql) {
        return CALL.matcher(sql).replaceAll("pg_temp.$1");
    }

    /** The functions of the schema londiste in a statement that such a session does not have. */
    List<String> missing(String sql) {
        var missing = new ArrayList<String>();
        var call = CALL.matcher(sql);
        while (call.find()) {
            if (!functions.containsKey(call.group(1))) {
                missing.add(call.group(1));
            }
        }
        return missing;
    }
}
