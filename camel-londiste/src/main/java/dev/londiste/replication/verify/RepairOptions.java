package dev.londiste.replication.verify;

import java.nio.file.Path;

/**
 * How to repair. Immutable.
 *
 * @param apply run the statements, beside the replay
 * @param directory where a file with the statements of each table goes; null for none
 * @param force do not ask first whether the replay keeps up
 */
public record RepairOptions(boolean apply, Path directory, boolean force) {}
