package dev.londiste.replication.admin;

import dev.londiste.pgq.SqlVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether the SQL in a database is that of this program. Immutable. */
record VersionCheck(Side side) {

    void run(List<Map<String, Object>> problems) {
        var install = "run " + side.name().toUpperCase(Locale.ROOT) + "_INSTALL";
        var there = new Installation(side).version();
        if (there.isEmpty()) {
            problems.add(JobCheck.problem(
                    side.name(), null, "not installed", "the schemas pgq and londiste are not both there", install));
        } else if (!there.get().equals(SqlVersion.OURS)) {
            boolean newer = there.get().compareTo(SqlVersion.OURS) > 0;
            problems.add(JobCheck.problem(
                    side.name(),
                    null,
                    "other version",
                    "the SQL is of version " + there.get() + ", this program of " + SqlVersion.OURS,
                    newer ? "upgrade the program" : install));
        }
    }
}
