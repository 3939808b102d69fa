package dev.londiste.examples.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of the user guide that shows what was measured. Between {@code <!-- figures: name; name -->} and
 * {@code <!-- end figures -->} it has the table and the charts of the quantities so named. Immutable.
 *
 * @param images the folder beside it that has the charts
 */
public record Guide(Path page, Path images) {

    private static final Pattern BLOCK =
            Pattern.compile("(<!-- figures: (.+?) -->\n).*?(<!-- end figures -->)", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("\\| ([^|]+?) \\| .*");

    /** The page of the folder docs. */
    public static Guide in(Path docs) {
        return new Guide(docs.resolve("performance.md"), docs.resolve("images"));
    }

    /** Takes over what these runs have written into their folders; of a quantity in several of them the last. */
    public void publish(List<Path> runs) throws IOException {
        var rows = new LinkedHashMap<String, List<String>>();
        for (var run : runs) {
            rows.putAll(rows(Files.readAllLines(run.resolve("benchmark.md"))));
            copyCharts(run);
        }
        var text = BLOCK.matcher(Files.readString(page))
                .replaceAll(block -> Matcher.quoteReplacement(
                        block.group(1) + figures(block.group(2), rows, block.group()) + block.group(3)));
        Files.writeString(page, text);
    }

    /** By quantity. */
    private static Map<String, List<String>> rows(List<String> lines) {
        var rows = new LinkedHashMap<String, List<String>>();
        for (var line : lines) {
            var row = ROW.matcher(line);
            if (row.matches() && !row.group(1).equals(Report.WHAT)) {
                rows.computeIfAbsent(row.group(1), quantity -> new ArrayList<>())
                        .add(line);
            }
        }
        return rows;
    }

    private void copyCharts(Path run) throws IOException {
        Files.createDirectories(images);
        try (var charts = Files.newDirectoryStream(run, "*.svg")) {
            for (var chart : charts) {
                Files.copy(chart, images.resolve(chart.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** {@code capture} means {@code capture, bulk insert}, too. */
    private static boolean isOf(String quantity, String name) {
        return quantity.equals(name) || quantity.startsWith(name + ",");
    }

    /** What the block is to show; of each quantity that no run has measured, what it shows already. */
    private String figures(String names, Map<String, List<String>> measured, String before) {
        var rows = rows(before.lines().toList());
        measured.forEach((quantity, lines) -> {
            if (Arrays.stream(names.split("; ")).anyMatch(name -> isOf(quantity, name))) {
                rows.put(quantity, lines);
            }
        });
        if (rows.isEmpty()) {
            return before.substring(before.indexOf('\n') + 1, before.lastIndexOf("<!--"));
        }
        var lines = new ArrayList<String>(List.of("", Report.HEADER));
        rows.values().forEach(lines::addAll);
        lines.add("");
        rows.keySet().stream()
                .filter(quantity -> Files.exists(images.resolve(Charts.fileName(quantity))))
                .map(quantity -> "![" + quantity + "](" + images.getFileName() + "/" + Charts.fileName(quantity) + ")")
                .forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }
}
