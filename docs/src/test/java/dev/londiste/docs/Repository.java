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

    private static final List<String> MODULES = List.of("sql", "camel-pgq", "camel-londiste", "examples/londiste");

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

    /** The source of a test class of any module. */
    static String testClass(String name) {
        return MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("src/test/java"))
                .flatMap(folder -> find(folder, name + ".java"))
                .findFirst()
                .map(Repository::read)
                .orElseThrow(() -> new IllegalStateException("There is no test class " + name));
    }

    private static Stream<Path> find(Path folder, String file) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.endsWith(file)).toList().stream();
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
