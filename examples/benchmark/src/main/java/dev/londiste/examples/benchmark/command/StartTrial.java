package dev.londiste.examples.benchmark.command;

import dev.londiste.examples.benchmark.report.Quantity;
import dev.londiste.examples.benchmark.trial.Trial;
import java.io.File;
import java.util.List;

/** How long a process lives that does one small thing. The way to do it is the command. */
public final class StartTrial implements Trial<List<String>> {

    public static final String NAME = "one-shot command";

    @Override
    public List<Quantity> quantities() {
        return List.of(Quantity.smaller(NAME, "s"));
    }

    @Override
    public double[] measure(List<String> way) throws Exception {
        long start = System.nanoTime();
        run(way);
        return new double[] {(System.nanoTime() - start) / 1e9};
    }

    /** Runs it to its end, which must be a good one. */
    public static void run(List<String> command) throws Exception {
        var process = new ProcessBuilder(command)
                .redirectOutput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        int exitCode = process.start().waitFor();
        if (exitCode != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + exitCode);
        }
    }
}
