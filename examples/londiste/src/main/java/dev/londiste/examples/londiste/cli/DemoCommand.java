package dev.londiste.examples.londiste.cli;

import dev.londiste.examples.londiste.config.ProcessSettings;
import dev.londiste.examples.londiste.daemon.Logging;
import dev.londiste.examples.londiste.demo.Demo;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code londiste demo}. */
@Command(
        name = "demo",
        description = "Replicate a busy shop between two PostgreSQL servers of the demo's own; needs no configuration.")
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--seconds", defaultValue = "30", description = "How long the shop is busy (${DEFAULT-VALUE}).")
    private String seconds;

    @Option(
            names = "--rows",
            defaultValue = "200000",
            description = "Rows that the shop starts with (${DEFAULT-VALUE}).")
    private String rows;

    @Option(names = "--rate", defaultValue = "300", description = "Transactions a second (${DEFAULT-VALUE}).")
    private String rate;

    @Option(names = "--keep", description = "Go on until Ctrl-C after the comparison.")
    private boolean keep;

    @Override
    public Integer call() {
        System.setProperty("demo.seconds", seconds);
        System.setProperty("demo.rows", rows);
        System.setProperty("demo.rate", rate);
        System.setProperty("demo.keep", String.valueOf(keep));
        var log = Path.of(System.getProperty("java.io.tmpdir"), "londiste-demo.log");
        System.setProperty("demo.log", log.toString());
        Logging.ofDaemon(ProcessSettings.ofDemo(log), false, false, false);
        return Demo.run();
    }
}
