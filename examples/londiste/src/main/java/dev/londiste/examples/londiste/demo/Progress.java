package dev.londiste.examples.londiste.demo;

import java.time.Duration;
import java.util.List;

/**
 * What the screen shows at one moment.
 *
 * @param elapsed since the tables were added
 * @param length how long the workload is to run
 * @param transactions of the workload so far
 * @param events changes that replay has applied so far
 * @param eventsPerSecond changes applied a second, lately
 * @param lag how far replay is behind the provider
 */
record Progress(
        Duration elapsed,
        Duration length,
        List<TableProgress> tables,
        long transactions,
        long events,
        double eventsPerSecond,
        Duration lag) {

    boolean allOk() {
        return tables.stream().allMatch(TableProgress::ok);
    }
}
