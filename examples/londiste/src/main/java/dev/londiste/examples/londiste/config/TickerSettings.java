package dev.londiste.examples.londiste.config;

import java.time.Duration;
import java.util.Set;

/**
 * The section {@code [pgqadm]}: the ticker of one database.
 *
 * @param job its name
 * @param database whose queues it ticks
 * @param loopDelay between two looks at the queues
 * @param maintenanceDelay between two rounds of maintenance
 * @param process log and pid file
 */
public record TickerSettings(
        String job, Database database, Duration loopDelay, Duration maintenanceDelay, ProcessSettings process) {

    public static final String SECTION = "pgqadm";

    /** The last four have nothing left to say: each round sees all queues, and the pool renews its connections. */
    private static final Set<String> KEYS = Set.of(
            "db",
            "loop_delay",
            "maint_delay",
            "maint_delay_min",
            "ticker_log_delay",
            "queue_refresh_period",
            "connection_lifetime",
            "max_lag");

    public static TickerSettings of(ConfigFile file) {
        return new TickerSettings(
                file.required(ProcessSettings.JOB_NAME),
                file.database("db"),
                file.seconds("loop_delay", Duration.ofMillis(100)),
                maintenanceDelay(file),
                ProcessSettings.of(file, KEYS));
    }

    private static Duration maintenanceDelay(ConfigFile file) {
        return file.text("maint_delay_min").isPresent()
                ? file.seconds("maint_delay_min", Duration.ZERO).multipliedBy(60)
                : file.seconds("maint_delay", Duration.ofMinutes(5));
    }
}
