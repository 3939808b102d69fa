package dev.londiste.examples.londiste.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A file with command lines after {@code $} and what they answer, for the guide. A test fails when commands print
 * something else; with the system property {@value #RENEW} it writes the file instead. What differs from run to run does
 * not count: numbers, paths, the width of columns, and the columns of a copy's progress, which are there only when
 * somebody has looked in time.
 */
final class Transcript {

    static final String RENEW = "transcripts.renew";

    private static final Path FOLDER = Path.of("src", "test", "transcripts");
    private static final Pattern RULE = Pattern.compile("-+( +-+)*");
    private static final Pattern PROGRESS =
            Pattern.compile("estimated_rows|rows_copied|bytes_copied|seconds_copying|seconds_left|copy_attempt");

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
        if (Boolean.getBoolean(RENEW)) {
            Files.writeString(file, after);
        } else {
            assertThat(comparable(after.toString()))
                    .as("what the commands of %s print; if it is right, run the test with -D%s=true", file, RENEW)
                    .isEqualTo(comparable(before));
        }
    }

    /** The text without what differs from run to run. */
    static String comparable(String text) {
        var lines = text.lines().toList();
        var kept = new StringBuilder();
        var rule = "";
        for (int i = 0; i < lines.size(); i++) {
            boolean heading =
                    i + 1 < lines.size() && RULE.matcher(lines.get(i + 1)).matches();
            if (heading) {
                rule = ruleWithoutProgress(lines.get(i), lines.get(i + 1));
            } else if (lines.get(i).startsWith("$ ")) {
                rule = "";
            }
            kept.append(withoutNumbers(cut(lines.get(i), rule))).append('\n');
        }
        return kept.toString();
    }

    /** The line under a heading, blank under the columns of progress. */
    private static String ruleWithoutProgress(String heading, String rule) {
        var kept = new StringBuilder(rule);
        var column = Pattern.compile("-+").matcher(rule);
        while (column.find()) {
            var name = heading.substring(
                    Math.min(column.start(), heading.length()), Math.min(column.end(), heading.length()));
            if (PROGRESS.matcher(name.strip()).matches()) {
                kept.replace(column.start(), column.end(), " ".repeat(column.end() - column.start()));
            }
        }
        return kept.toString();
    }

    /** What stands above a rule; the line as it is where there is none. */
    private static String cut(String line, String rule) {
        if (rule.isEmpty()) {
            return line;
        }
        var kept = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            kept.append(i >= rule.length() || rule.charAt(i) == '-' ? line.charAt(i) : ' ');
        }
        return kept.toString();
    }

    private static String withoutNumbers(String line) {
        return line.replaceAll("[0-9]+([.:-][0-9]+)*", "9")
                .replaceAll("-+", "-")
                .replaceAll("[ \\t]+", " ")
                .stripTrailing();
    }
}
