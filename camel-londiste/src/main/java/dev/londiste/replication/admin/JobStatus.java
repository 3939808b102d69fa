package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.sync.Job;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How a job is doing, as both databases tell it. Thread-safe; it changes nothing. */
public final class JobStatus {

    private static final String ESTIMATE = """
            select londiste.estimate_rows(?)
            """;

    private static final String IN_COPY = "in-copy";

    private final Job job;

    public JobStatus(Job job) {
        this.job = job;
    }

    /** One row: lag in seconds, events and ticks, tables by state, and every table. */
    public Map<String, Object> read() {
        var row = new LinkedHashMap<String, Object>();
        row.put("job_name", job.name());
        row.put("queue_name", job.queue());
        row.put("consumer_name", job.consumer());
        var queue = new PgqQueue(job.provider(), job.queue()).info();
        var consumer = new PgqConsumerClient(job.provider(), job.queue(), job.consumer()).info();
        row.put("registered", consumer.isPresent());
        row.put("lag", consumer.map(info -> info.get("lag")).orElse(null));
        row.put("last_seen", consumer.map(info -> info.get("last_seen")).orElse(null));
        row.put(
                "pending_events",
                consumer.map(info -> info.get("pending_events")).orElse(null));
        row.put("last_tick", consumer.map(info -> info.get("last_tick")).orElse(null));
        row.put("provider_last_tick", queue.get("last_tick_id"));
        row.put("ticker_lag", queue.get("ticker_lag"));
        var tables = tables(TablePatterns.of());
        row.put("tables_by_state", byState(tables));
        row.put("tables", tables);
        return row;
    }

    /** The subscriber's tables; for those in copy with the provider's estimate of their rows. */
    public List<Map<String, Object>> tables(TablePatterns which) {
        return new SubscriberDatabase(job.subscriber(), job.queue(), job.lockTimeout())
                .tables(which).stream().map(this::withEstimate).toList();
    }

    private Map<String, Object> withEstimate(Map<String, Object> table) {
        if (!IN_COPY.equals(table.get("state"))) {
            return table;
        }
        var row = new LinkedHashMap<>(table);
        long estimate = new Jdbc(job.provider()).one(ESTIMATE, result -> result.getLong(1), table.get("table_name"));
        row.put("estimated_rows", estimate);
        row.put("seconds_left", secondsLeft(row, estimate));
        return row;
    }

    /** As long as it took per row so far; null before the first. */
    private static Object secondsLeft(Map<String, Object> row, long estimate) {
        if (row.get("rows_copied") instanceof Long rows
                && rows > 0
                && row.get("seconds_copying") instanceof Double seconds) {
            return Math.max(0, estimate - rows) * seconds / rows;
        }
        return null;
    }

    private static Map<String, Long> byState(List<Map<String, Object>> tables) {
        return tables.stream()
                .collect(Collectors.groupingBy(
                        table -> table.get("state").toString().replaceAll(":.*", ""),
                        TreeMap::new,
                        Collectors.counting()));
    }
}
