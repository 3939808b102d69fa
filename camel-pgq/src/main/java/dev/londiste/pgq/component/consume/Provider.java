package dev.londiste.pgq.component.consume;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqMaintenance;
import dev.londiste.pgq.lock.StandingConnection;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the consumers of one database share: one standing connection and one run of the maintenance. Both begin when a
 * consumer first needs them and end with the component. Thread-safe.
 */
public final class Provider implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);
    /** Retried events come back as precisely as this; their delay is counted in seconds. */
    private static final long RETRY_SECONDS = 5;

    private static final int RETRIES_PER_MAINTENANCE = 6;

    private final CamelContext context;
    private final DataSource database;
    private StandingConnection standing;
    private ScheduledExecutorService maintenance;
    private String lastFailure;
    private int runs;

    public Provider(CamelContext context, DataSource database) {
        this.context = context;
        this.database = database;
    }

    public synchronized StandingConnection standing() {
        if (standing == null) {
            standing = new StandingConnection(
                    database, task -> context.getExecutorServiceManager().newThread("pgq-standing-connection", task));
        }
        return standing;
    }

    public synchronized void maintain() {
        if (maintenance == null) {
            maintenance = context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "pgq-maintenance");
            var work = new PgqMaintenance(database);
            var unused = maintenance.scheduleWithFixedDelay(() -> maintain(work), 1, RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A role that may not maintain leaves it to others; whatever fails is tried again the next time. */
    private void maintain(PgqMaintenance work) {
        try {
            if (runs++ % RETRIES_PER_MAINTENANCE == 0) {
                work.run();
            } else {
                work.retryEvents();
            }
            lastFailure = null;
        } catch (PgqException e) {
            if (!e.getMessage().equals(lastFailure)) {
                LOG.warn("maintenance - not all of it could be done, will be tried again: {}", e.getMessage());
            }
            lastFailure = e.getMessage();
        }
    }

    @Override
    public synchronized void close() {
        if (maintenance != null) {
            context.getExecutorServiceManager().shutdownNow(maintenance);
            maintenance = null;
        }
        if (standing != null) {
            standing.close();
            standing = null;
        }
    }
}
