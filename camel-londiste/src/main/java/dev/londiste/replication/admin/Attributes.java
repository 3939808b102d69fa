package dev.londiste.replication.admin;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableAttributes;
import dev.londiste.replication.sync.TableStates;
import java.util.List;
import java.util.Map;

/**
 * Sets the attributes of subscriber tables, in the transactions of the changes given. Stateless and thread-safe.
 *
 * <p>The provider is to commit first: it has updates carry what a filter needs before any copy can begin under that
 * filter. When the subscriber cannot commit then, events are larger than needed, and nothing else is wrong.
 */
final class Attributes {

    private static final String SET = """
            select londiste.subscriber_set_attributes(?, ?, ?, ?, ?, jsonb_object(?::text[], ?::text[]), ?, ?)
            """;

    private static final String PREPARE = """
            select londiste.prepare_source(?, ?, ?, ?, jsonb_object(?::text[], ?::text[]))
            """;

    private static final String FROM_PARTITIONS = """
            update londiste.subscriber_table set from_partitions = ? where queue_name = ? and table_name = ?
            """;

    private final Job job;

    Attributes(Job job) {
        this.job = job;
    }

    /** Answers whether something changed. */
    boolean set(Changes provider, Changes subscriber, String table, AttributeChanges changes) {
        boolean changed = subscriber.call(
                SET,
                job.consumer(),
                job.queue(),
                table,
                changes.rowFilter(),
                changes.columnArray(),
                changes.expressionColumns(),
                changes.expressionTexts(),
                changes.onConflict(),
                changes.onFailure());
        boolean partitioned = prepare(provider, table, of(subscriber.session(), table));
        subscriber.update(FROM_PARTITIONS, partitioned, job.queue(), table);
        return changed;
    }

    TableAttributes of(JdbcSession subscriber, String table) {
        return new TableStates(job)
                .all(subscriber).stream()
                        .filter(registered -> registered.name().equals(table))
                        .map(SubscriberTable::attributes)
                        .findFirst()
                        .orElse(TableAttributes.NONE);
    }

    /** Answers whether the provider's table is partitioned. */
    private boolean prepare(Changes provider, String table, TableAttributes attributes) {
        var expressions = List.copyOf(attributes.expressions().entrySet());
        return provider.one(
                PREPARE,
                row -> row.getBoolean(1),
                job.queue(),
                table,
                attributes.rowFilter(),
                attributes.columns().isEmpty() ? null : attributes.columns().toArray(String[]::new),
                expressions.stream().map(Map.Entry::getKey).toArray(String[]::new),
                expressions.stream().map(Map.Entry::getValue).toArray(String[]::new));
    }
}
