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

/** A command of the command line that answers at once, beside the start of the JVM alone. */
public final class StartSuite implements Suite {

    private static final String JAR = "londiste/target/londiste.jar";
    private static final String MAIN = "dev.londiste.examples.londiste.cli.Londiste";

    @Override
    public void run(Settings settings, Servers servers, Comparison comparison) throws Exception {
        var jar = jar();
        if (jar.isEmpty()) {
            comparison.note("start: examples/" + JAR + " is not built; examples/londiste/londiste builds it");
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
            StartTrial.run(command(jar.get(), config, "provider", "install"));
            var londiste = new Contestant<>("londiste", command(jar.get(), config, "provider", "tables"));
            comparison.compare(
                    new StartTrial(), List.of(new Contestant<>("JVM alone", List.of("--version")), londiste));
            comparison.goal(Goal.figure(StartTrial.NAME, londiste.name(), 2.5));
            Files.delete(config);
        }
    }

    private static List<String> command(Path jar, Path config, String... words) {
        return Stream.concat(
                        Stream.of(
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                jar.toString(),
                                MAIN,
                                config.toString()),
                        Stream.of(words))
                .toList();
    }

    /** From the root of the repository, or from this module. */
    private static Optional<Path> jar() {
        return Stream.of(Path.of("examples", JAR), Path.of("..", JAR))
                .filter(Files::exists)
                .findFirst();
    }
}
