package dev.londiste.replication.verify;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far COMPARE or REPAIR is with a table. Immutable.
 *
 * @param rowsDone how many rows of both sides were read so far
 * @param rowsTotal about how many rows both sides have
 * @param differences how many rows were found to differ so far
 * @param repaired how many rows were repaired so far
 */
public record VerificationProgress(
        String job, String table, Phase phase, long rowsDone, long rowsTotal, long differences, long repaired) {

    /** What is being done. */
    public enum Phase {
        /** Both sides come to one position. */
        SYNCING,
        /** Every row is read and summed up. */
        COMPARING,
        /** The rows that differ are looked for. */
        LOCATING,
        /** Rows that differ are repaired. */
        REPAIRING,
        /** The table is done. */
        DONE
    }

    /** With the names that results have. */
    public Map<String, Object> asRow() {
        var row = new LinkedHashMap<String, Object>();
        row.put("job_name", job);
        row.put("table_name", table);
        row.put("phase", phase.name().toLowerCase(java.util.Locale.ROOT));
        row.put("rows_done", rowsDone);
        row.put("rows_total", rowsTotal);
        row.put("differences", differences);
        row.put("repaired", repaired);
        return row;
    }
}
