package dev.londiste.replication.apply.target;

import dev.londiste.pgq.change.Change;
import dev.londiste.replication.apply.ApplyException;
import dev.londiste.replication.apply.ApplyTarget;
import dev.londiste.replication.apply.OnConflict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The subscriber tables of one apply transaction, read from its catalog when a chunk first needs them. */
public final class TargetCatalog {

    private final TargetTableQuery query;
    private final Map<String, ApplyTarget> targets = new HashMap<>();
    private final Map<String, TargetTable> tables = new HashMap<>();

    public TargetCatalog(Connection connection, Collection<ApplyTarget> targets) {
        this.query = new TargetTableQuery(connection);
        targets.forEach(target -> this.targets.put(target.sourceTable(), target));
    }

    /** Whether no table of these changes has to be read. */
    public boolean knows(List<Change> changes) {
        String last = null;
        for (var change : changes) {
            if (!change.table().equals(last)) {
                last = change.table();
                if (!tables.containsKey(last)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Reads the tables of these changes that it does not know yet, in one query. */
    public void require(List<Change> changes) throws SQLException {
        var missing = new LinkedHashMap<String, ApplyTarget>();
        for (var change : changes) {
            if (!tables.containsKey(change.table()) && !missing.containsKey(change.table())) {
                missing.put(change.table(), target(change));
            }
        }
        if (!missing.isEmpty()) {
            tables.putAll(query.read(missing.values()));
        }
    }

    public TargetTable table(Change change) {
        var table = tables.get(change.table());
        if (table == null) {
            throw new ApplyException(
                    "Event " + change.eventId() + " changes table " + change.table()
                            + ", but the subscriber has no table "
                            + target(change).destTable() + ".",
                    change,
                    "LD001",
                    null);
        }
        return table;
    }

    private ApplyTarget target(Change change) {
        var target = targets.get(change.table());
        if (target == null) {
            throw new ApplyException(
                    "Event " + change.eventId() + " changes table " + change.table()
                            + ", which is not among the tables to apply.",
                    change,
                    "LD005",
                    null);
        }
        return target;
    }

    /** The name of the table that it changes, without a look at the database. */
    public String targetName(Change change) {
        return target(change).destTable();
    }

    public OnConflict onConflict(Change change) {
        return target(change).onConflict();
    }

    /** Whether the table is partitioned on either side. */
    public boolean isPartitioned(Change change) {
        return target(change).partitioned() || table(change).partitioned();
    }

    /** All tables read so far. */
    public Collection<TargetTable> known() {
        return new ArrayList<>(tables.values());
    }
}
