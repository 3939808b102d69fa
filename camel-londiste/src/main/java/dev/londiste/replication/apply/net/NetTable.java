package dev.londiste.replication.apply.net;

import dev.londiste.pgq.change.Change;
import dev.londiste.pgq.change.Row;
import dev.londiste.replication.apply.target.RowMapping;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The net changes of one table in one chunk, in the order in which their keys first appeared. */
public final class NetTable {

    private final RowMapping mapping;
    private final Map<Object, NetRow> byKey = new HashMap<>();
    private final List<NetRow> rows = new ArrayList<>();
    /** A row that is deleted and inserted gets the defaults of the columns that only the subscriber has. */
    private final boolean anew;

    public NetTable(RowMapping mapping) {
        this.mapping = mapping;
        this.anew = mapping.hasOwnColumns();
    }

    public RowMapping mapping() {
        return mapping;
    }

    /** Answers false when no net change can stand for this one after those before it. */
    public boolean add(Change change) {
        return switch (change.operation()) {
            case INSERT -> insert(change.row());
            case UPDATE -> change.oldKey() == null ? update(change.row()) : rekey(change);
            case DELETE -> delete(mapping.keyBefore(change));
            case TRUNCATE -> false;
        };
    }

    private boolean insert(Row row) {
        var key = mapping.keyOf(row);
        var hash = mapping.comparable(key);
        var net = byKey.get(hash);
        return net == null ? put(hash, NetRow.inserted(key, row)) : isAlike(net, key) && net.insert(row);
    }

    private boolean update(Row row) {
        var key = mapping.keyOf(row);
        var hash = mapping.comparable(key);
        var net = byKey.get(hash);
        return net == null ? put(hash, NetRow.updated(key, row)) : isAlike(net, key) && net.update(row);
    }

    private boolean delete(String[] key) {
        var hash = mapping.comparable(key);
        var net = byKey.get(hash);
        return net == null ? put(hash, NetRow.deleted(key)) : isAlike(net, key) && net.delete();
    }

    private boolean rekey(Change change) {
        return !anew && delete(mapping.keyBefore(change)) && insert(change.row());
    }

    /** Without a hash nobody knows which other keys this one is equal to. */
    private boolean put(Object hash, NetRow net) {
        if (hash == null) {
            return false;
        }
        byKey.put(hash, net);
        rows.add(net);
        return true;
    }

    /** An update writes no key: one that comes in another spelling than before has to be written in order. */
    private boolean isAlike(NetRow net, String[] key) {
        return Arrays.equals(net.key(), key);
    }

    public List<NetRow> deletes() {
        return where(row -> row.isDelete(anew));
    }

    public List<NetRow> updates() {
        return where(row -> row.isUpdate(anew));
    }

    public List<NetRow> inserts() {
        return where(row -> row.isInsert(anew));
    }

    private List<NetRow> where(Predicate<NetRow> wanted) {
        return rows.stream().filter(wanted).toList();
    }
}
