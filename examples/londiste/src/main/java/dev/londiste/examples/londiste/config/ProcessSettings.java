package dev.londiste.examples.londiste.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What every daemon is told about itself.
 *
 * @param job the name of the job
 * @param givenLogFile where the log goes beside the terminal
 * @param logSize bytes after which a new log file is begun
 * @param logCount how many old log files are kept
 * @param pidFile names the process that runs, and keeps a second one from running
 * @param warnings keys that mean nothing, one sentence each
 */
public record ProcessSettings(
        String job, Optional<Path> givenLogFile, long logSize, int logCount, Path pidFile, List<String> warnings) {

    static final String JOB_NAME = "job_name";

    private static final Set<String> KEYS =
            Set.of(JOB_NAME, "logfile", "log_size", "log_count", "pidfile", "use_skylog");
    private static final int DEFAULT_LOG_SIZE = 10 * 1024 * 1024;
    private static final int DEFAULT_LOG_COUNT = 3;

    /** Those of the demo, which has no configuration file and is never signalled. */
    public static ProcessSettings ofDemo(Path logFile) {
        return new ProcessSettings(
                "demo",
                Optional.of(logFile),
                DEFAULT_LOG_SIZE,
                DEFAULT_LOG_COUNT,
                logFile.resolveSibling("londiste-demo.pid"),
                List.of());
    }

    static ProcessSettings of(ConfigFile file, Set<String> otherKeys) {
        var job = file.required(JOB_NAME);
        return new ProcessSettings(
                job,
                file.file("logfile"),
                file.wholeNumber("log_size", DEFAULT_LOG_SIZE),
                file.wholeNumber("log_count", DEFAULT_LOG_COUNT),
                file.file("pidfile")
                        .orElseGet(() -> file.path().toAbsolutePath().resolveSibling(job + ".pid")),
                warnings(file, otherKeys));
    }

    /** Where the log of a process without a terminal goes: it must go somewhere. */
    public Path logFile() {
        return givenLogFile.orElseGet(() -> pidFile.resolveSibling(job + ".log"));
    }

    private static List<String> warnings(ConfigFile file, Set<String> otherKeys) {
        var known = new HashSet<>(KEYS);
        known.addAll(otherKeys);
        var warnings = new ArrayList<String>();
        for (var key : file.keysOutside(known)) {
            warnings.add(file.path() + ": " + key + " is not a known key, and is ignored");
        }
        if (file.text("use_skylog").filter(value -> !value.equals("0")).isPresent()) {
            warnings.add(file.path() + ": use_skylog is ignored; the log goes to logfile and to the terminal");
        }
        return warnings;
    }
}
