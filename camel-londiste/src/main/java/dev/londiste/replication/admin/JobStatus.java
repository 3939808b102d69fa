package dev.londiste.replication.admin;

import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.replication.sync.ActiveReplay;
import dev.londiste.replication.sync.Job;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How a job is doing, as both databases tell it. Thread-safe; it changes nothing. */
public final class JobStatus {

    private final Job job;

    public JobStatus(Job job) {
        this.job = job;
    }

    /** One row: whether anyone replays, lag in seconds, events and ticks, tables by state, and every table. */
    public Map<String, Object> read() {
        var row = new LinkedHashMap<String, Object>();
        row.put("job_name", job.name());
        row.put("queue_name", job.queue());
        row.put("consumer_name", job.consumer());
        var queue = new PgqQueue(job.provider(), job.queue()).info();
        var consumer = new PgqConsumerClient(job.provider(), job.queue(), job.consumer()).info();
        row.put("active", ActiveReplay.isThereOf(job));
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

    /** The subscriber's tables with their states, and how far their copies are. */
    public List<Map<String, Object>> tables(TablePatterns which) {
        return new SubscriberDatabase(job.subscriber(), job.queue(), job.lockTimeout()).tables(which);
    }

    private static Map<String, Long> byState(List<Map<String, Object>> tables) {
        return tables.stream()
                .collect(Collectors.groupingBy(
                        table -> table.get("state").toString().replaceAll(":.*", ""),
                        TreeMap::new,
                        Collectors.counting()));
    }
}
