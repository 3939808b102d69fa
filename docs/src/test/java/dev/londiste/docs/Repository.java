package dev.londiste.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the checkout that is being built. */
final class Repository {

    static final Path ROOT =
            Path.of(System.getProperty("londiste.root", "..")).toAbsolutePath().normalize();

    private Repository() {}

    /** README, user guide, and the README of each example. */
    static List<Path> documents() {
        return Stream.of(files(""), files("docs"), files("examples/londiste"), files("examples/benchmark"))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Path> files(String folder) {
        try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(String path) {
        return read(ROOT.resolve(path));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("A document names a file that is not there: " + file, e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
