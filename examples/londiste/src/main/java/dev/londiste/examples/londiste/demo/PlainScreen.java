package dev.londiste.examples.londiste.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Lines for a log: one for each change of a table's state, and a summary every few seconds. */
final class PlainScreen implements Screen {

    private static final Duration SUMMARY_EVERY = Duration.ofSeconds(5);

    private final PrintStream out;
    private final Map<String, String> stages = new HashMap<>();
    private Duration summarised = Duration.ZERO;

    PlainScreen(PrintStream out) {
        this.out = out;
    }

    @Override
    public void say(String line) {
        out.println(line);
    }

    @Override
    public void show(Progress progress) {
        for (var table : progress.replay().tables()) {
            if (!table.stage().equals(stages.put(table.table(), table.stage()))) {
                out.println("%6.1f s  %-18s %s"
                        .formatted(
                                progress.elapsed().toMillis() / 1000.0, table.table(), ProgressText.describe(table)));
            }
        }
        if (progress.elapsed().minus(summarised).compareTo(SUMMARY_EVERY) >= 0) {
            summarised = progress.elapsed();
            out.println(
                    "%6.1f s  %s".formatted(progress.elapsed().toMillis() / 1000.0, ProgressText.summary(progress)));
        }
    }

    @Override
    public void close() {
        out.flush();
    }
}
