package dev.londiste.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The servers that a module's build has put beside its classes. */
final class ServerBinaries {

    private ServerBinaries() {}

    /** The archive of one major version. */
    static InputStream of(int major) throws IOException {
        var jar = Stream.of("target", "camel-londiste/target")
                .map(target -> Path.of(target, "postgres", major + ".jar"))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IOException("No PostgreSQL " + major + " in target/postgres: build the module"));
        try (var file = new JarFile(jar.toFile())) {
            var archive = file.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow();
            return new ByteArrayInputStream(file.getInputStream(archive).readAllBytes());
        }
    }
}
