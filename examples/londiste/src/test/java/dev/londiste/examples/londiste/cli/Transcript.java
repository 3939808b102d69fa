package dev.londiste.examples.londiste.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file with command lines after {@code $} and what they answer, for the guide. Running it renews the file when commands
 * print something else, numbers, paths and the width of columns aside: what was stale then shows up as a change of a
 * committed file.
 */
final class Transcript {

    private static final Path FOLDER = Path.of("src", "test", "transcripts");

    private final Path file;
    private final String before;

    private Transcript(Path file, String before) {
        this.file = file;
        this.before = before;
    }

    static Transcript read(String name) throws IOException {
        var file = FOLDER.resolve(name);
        return new Transcript(file, Files.readString(file));
    }

    /** Runs all commands in their order. */
    void run(Launcher launcher, Path folder) throws IOException, InterruptedException {
        var after = new StringBuilder();
        for (var line : before.lines().filter(line -> line.startsWith("$ ")).toList()) {
            var result = launcher.run(line.substring(2));
            var said = result.exitCode() == 0 ? result.out() : result.err();
            after.append(line).append('\n').append(said.replace(folder.toString(), "/home/me"));
        }
        if (!comparable(after.toString()).equals(comparable(before))) {
            Files.writeString(file, after);
        }
    }

    private static String comparable(String text) {
        return text.replaceAll("[0-9]+([.:-][0-9]+)*", "9")
                .replaceAll("-+", "-")
                .replaceAll("[ \\t]+", " ");
    }
}
