package dev.londiste.replication.admin;

import java.util.List;

/**
 * How a table's changes are captured. Immutable.
 *
 * @param key columns of a unique key; null for the primary key
 * @param capture {@code row} or {@code statement}; null for the default
 * @param backup whether updates carry the whole old row
 */
public record CaptureOptions(List<String> key, String capture, boolean backup) {

    public static final CaptureOptions DEFAULT = new CaptureOptions(null, null, false);
}
