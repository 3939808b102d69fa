package dev.londiste.examples.londiste.demo;

import java.time.Duration;

/**
 * What the screen shows at one moment.
 *
 * @param elapsed since the tables were added
 * @param length how long the workload is to run
 * @param transactions of the workload so far
 * @param eventsPerSecond changes applied a second, lately
 */
record Progress(Duration elapsed, Duration length, long transactions, double eventsPerSecond, ReplayStatus replay) {}
