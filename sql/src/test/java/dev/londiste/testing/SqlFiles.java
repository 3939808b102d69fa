package dev.londiste.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The SQL files of this build, read from the class path as INSTALL reads them. */
public final class SqlFiles {

    private SqlFiles() {}

    /** The texts of {@code sql/<schema>/*.sql} in the order of installation. */
    public static List<String> of(String schema) {
        var folder = "/dev/londiste/sql/" + schema + "/";
        return read(folder + "index")
                .lines()
                .filter(line -> !line.isBlank())
                .map(file -> read(folder + file))
                .toList();
    }

    private static String read(String resource) {
        try (var in = SqlFiles.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
