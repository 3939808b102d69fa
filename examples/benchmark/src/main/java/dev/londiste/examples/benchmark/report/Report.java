package dev.londiste.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All figures of a run; the first contestant of each benchmark is the one that the others are held against. */
record Report(List<Figure> figures) {

    Report {
        figures = List.copyOf(figures);
    }

    String markdown() {
        var lines = new ArrayList<String>();
        lines.add("| benchmark | contestant | median | unit | rounds | times as good as the first |");
        lines.add("|---|---|---|---|---|---|");
        figures.forEach(figure -> lines.add(String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s |",
                figure.benchmark(),
                figure.contestant(),
                number(figure.median()),
                figure.unit(),
                figure.values().stream().map(Report::number).collect(Collectors.joining(", ")),
                figure.equals(first(figure))
                        ? ""
                        : String.format(Locale.ROOT, "%.2f", figure.timesAsGoodAs(first(figure))))));
        return String.join("\n", lines) + "\n";
    }

    String json() {
        return figures.stream()
                .map(figure -> String.format(
                        Locale.ROOT,
                        "  {\"benchmark\": \"%s\", \"contestant\": \"%s\", \"unit\": \"%s\", \"median\": %.3f, \"ratio\": %.3f,"
                                + " \"values\": [%s]}",
                        figure.benchmark(),
                        figure.contestant(),
                        figure.unit(),
                        figure.median(),
                        figure.timesAsGoodAs(first(figure)),
                        figure.values().stream()
                                .map(value -> String.format(Locale.ROOT, "%.3f", value))
                                .collect(Collectors.joining(", "))))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("benchmark.md"), markdown());
        Files.writeString(folder.resolve("benchmark.json"), json());
    }

    private Figure first(Figure of) {
        return figures.stream()
                .filter(figure -> figure.benchmark().equals(of.benchmark()))
                .findFirst()
                .orElseThrow();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
    }
}
