package dev.londiste.examples.benchmark.suite;

import dev.londiste.examples.benchmark.command.StartTrial;
import dev.londiste.examples.benchmark.report.Goal;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.trial.Comparison;
import dev.londiste.examples.benchmark.trial.Contestant;
import dev.londiste.examples.benchmark.trial.Settings;
import dev.londiste.examples.benchmark.trial.Suite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A command of the command line that answers at once, by its launcher, beside the start of the JVM alone. */
public final class StartSuite implements Suite {

    private static final String JAR = "target/londiste.jar";

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var home = home();
        if (home.isEmpty()) {
            comparison.note("start: examples/londiste/" + JAR + " is not built; examples/londiste/londiste builds it");
            return;
        }
        try (var provider = servers.provider();
                var subscriber = servers.subscriber()) {
            var config = Files.createTempFile("start", ".ini");
            Files.writeString(config, """
                    [londiste]
                    job_name = start
                    provider_db = %s
                    subscriber_db = %s
                    pgq_queue_name = q
                    """.formatted(provider.libpq(), subscriber.libpq()));
            // The first command also makes the archive of classes that those after it start from.
            StartTrial.run(command(home.get(), config, "provider", "install"));
            var londiste = new Contestant<>("londiste", command(home.get(), config, "provider", "tables"));
            comparison.compare(
                    new StartTrial(),
                    List.of(
                            new Contestant<>(
                                    "JVM alone", List.of(System.getProperty("java.home") + "/bin/java", "--version")),
                            londiste));
            comparison.goal(Goal.figure(StartTrial.NAME, londiste.name(), 2.5));
            Files.delete(config);
        }
    }

    private static List<String> command(Path home, Path config, String... words) {
        return Stream.concat(Stream.of(home.resolve("londiste").toString(), config.toString()), Stream.of(words))
                .toList();
    }

    /** The folder of the launcher, from the root of the repository, or from this module. */
    private static Optional<Path> home() {
        return Stream.of(Path.of("examples", "londiste"), Path.of("..", "londiste"))
                .filter(folder -> Files.exists(folder.resolve(JAR)))
                .findFirst();
    }
}
