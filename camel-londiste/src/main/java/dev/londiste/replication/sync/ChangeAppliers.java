package dev.londiste.replication.sync;

import dev.londiste.replication.apply.ChangeSink;
import java.sql.Connection;
import java.util.List;

/** Makes what applies changes of these tables in one open transaction, as their attributes say. Thread-safe. */
@FunctionalInterface
public interface ChangeAppliers {

    ChangeSink open(Connection subscriber, List<SubscriberTable> tables);
}
