package dev.londiste.examples.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * All figures of a run; the first contestant of each quantity is the one that the others are held against.
 *
 * @param notes what was left out, and why
 */
public record Report(List<Figure> figures, List<Goal> goals, List<String> notes) {

    static final String WHAT = "what";
    static final String HEADER = "| " + WHAT
            + " | contestant | median | unit | rounds | times as good as the first | goal | reached |\n"
            + "|---|---|---|---|---|---|---|---|";

    public Report {
        figures = List.copyOf(figures);
        goals = List.copyOf(goals);
        notes = List.copyOf(notes);
    }

    public String markdown() {
        var lines = new ArrayList<String>();
        lines.add(HEADER);
        figures.forEach(figure -> lines.add(row(figure)));
        notes.forEach(note -> lines.add("\n" + note));
        return String.join("\n", lines) + "\n";
    }

    private String row(Figure figure) {
        var own = goals.stream().filter(goal -> goal.concerns(figure)).toList();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s | %s |",
                figure.quantity().name(),
                figure.contestant(),
                Numbers.text(figure.median()),
                figure.quantity().unit(),
                figure.values().stream().map(Numbers::text).collect(Collectors.joining(", ")),
                figure.equals(first(figure))
                        ? ""
                        : String.format(Locale.ROOT, "%.2f", figure.timesAsGoodAs(first(figure))),
                own.stream().map(goal -> goal.text(figure)).collect(Collectors.joining(", ")),
                own.stream().map(goal -> reached(goal, figure) ? "yes" : "no").collect(Collectors.joining(", ")));
    }

    private boolean reached(Goal goal, Figure figure) {
        return goal.isReached(figure, goal.against() == null ? figure : of(figure.quantity(), goal.against()));
    }

    public String json() {
        return figures.stream()
                .map(figure -> String.format(
                        Locale.ROOT,
                        "  {\"benchmark\": \"%s\", \"contestant\": \"%s\", \"unit\": \"%s\", \"median\": %.3f, \"ratio\": %.3f,"
                                + " \"values\": [%s]}",
                        figure.quantity().name(),
                        figure.contestant(),
                        figure.quantity().unit(),
                        figure.median(),
                        figure.timesAsGoodAs(first(figure)),
                        figure.values().stream()
                                .map(value -> String.format(Locale.ROOT, "%.3f", value))
                                .collect(Collectors.joining(", "))))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    /** Table, figures and charts, each in files of their own. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("benchmark.md"), markdown());
        Files.writeString(folder.resolve("benchmark.json"), json());
        new Charts(this).write(folder);
    }

    List<Figure> of(Quantity quantity) {
        return figures.stream()
                .filter(figure -> figure.quantity().equals(quantity))
                .toList();
    }

    private Figure of(Quantity quantity, String contestant) {
        return of(quantity).stream()
                .filter(figure -> figure.contestant().equals(contestant))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No figure of " + contestant + " for " + quantity.name()));
    }

    private Figure first(Figure figure) {
        return of(figure.quantity()).get(0);
    }
}
