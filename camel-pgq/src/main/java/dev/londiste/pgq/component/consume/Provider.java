package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.jdbc.KeepAliveDataSource;
import dev.londiste.pgq.jdbc.SecondConnectionWatch;
import dev.londiste.pgq.jdbc.StatementWatch;
import dev.londiste.pgq.lock.StandingConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the consumers of one database share: connections that notice dead peers, the standing one among them, the watch over
 * long statements, and the maintenance of their queues. Each begins when a consumer first needs it and ends with the
 * component. Thread-safe.
 */
public final class Provider implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);
    /** Retried events come back as precisely as this; their delay is counted in seconds. */
    private static final long MAINTENANCE_SECONDS = 5;

    private final CamelContext context;
    private final DataSource connections;
    /** The queues to maintain, each with why it could not be done last time, or nothing. */
    private final Map<PgqQueue, String> queues = new ConcurrentHashMap<>();

    private StandingConnection standing;
    private ScheduledExecutorService maintenance;
    private ScheduledExecutorService watchers;

    public Provider(CamelContext context, DataSource database) {
        this.context = context;
        this.connections = new KeepAliveDataSource(database);
    }

    /** Connections whose sessions end when this process vanishes. */
    public DataSource connections() {
        return connections;
    }

    public synchronized StandingConnection standing() {
        if (standing == null) {
            standing = new StandingConnection(
                    connections,
                    task -> context.getExecutorServiceManager().newThread("pgq-standing-connection", task));
        }
        return standing;
    }

    /** Asks by the standing connection, which is there whatever the pool has left. */
    public synchronized StatementWatch watch() {
        if (watchers == null) {
            watchers = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "pgq-watch");
        }
        return new SecondConnectionWatch(process -> standing().isAtWork(process), watchers);
    }

    /** Maintains a queue from now on; once for all its consumers here. */
    public synchronized void maintain(String queue) {
        if (maintenance == null) {
            maintenance = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "pgq-maintenance");
            var unused = maintenance.scheduleWithFixedDelay(this::maintain, 1, MAINTENANCE_SECONDS, TimeUnit.SECONDS);
        }
        if (queues.keySet().stream().noneMatch(known -> known.name().equals(queue))) {
            queues.put(new PgqQueue(connections, queue), "");
        }
    }

    private void maintain() {
        queues.replaceAll(this::maintained);
    }

    /** A role that may not maintain leaves it to others; whatever fails is tried again the next time. */
    private String maintained(PgqQueue queue, String lastFailure) {
        try {
            queue.maintain();
            return "";
        } catch (PgqException e) {
            if (!e.getMessage().equals(lastFailure)) {
                LOG.warn("{} - cannot be maintained, will be tried again: {}", queue.name(), e.getMessage());
            }
            return e.getMessage();
        }
    }

    @Override
    public synchronized void close() {
        shutDown(maintenance);
        shutDown(watchers);
        if (standing != null) {
            standing.close();
        }
        maintenance = null;
        watchers = null;
        standing = null;
        queues.clear();
    }

    private void shutDown(ScheduledExecutorService threads) {
        if (threads != null) {
            context.getExecutorServiceManager().shutdownNow(threads);
        }
    }
}
