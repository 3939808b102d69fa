package dev.londiste.examples.londiste.output;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.util.json.Jsoner;

/**
 * The rows that an operation answers, printed for people or for programs. Immutable.
 *
 * @param rows each a map of column names to values
 */
public record Rows(List<Map<String, Object>> rows) {

    private static final String GAP = "  ";
    private static final int WIDEST = 120;

    /** One JSON array of objects. */
    public void printJson(PrintWriter out) {
        out.println(Jsoner.prettyPrint(Jsoner.serialize(rows)));
        out.flush();
    }

    /** Aligned columns under a heading; a single row that is too long for a line as a list of its values. */
    public void printText(PrintWriter out) {
        if (rows.size() == 1 && isTooWide()) {
            printList(out, rows.get(0));
        } else if (!rows.isEmpty()) {
            printTable(out);
        }
        out.flush();
    }

    /** Rows inside the row follow as tables of their own. */
    private void printList(PrintWriter out, Map<String, Object> row) {
        var columns = columns();
        int width = columns.stream().mapToInt(String::length).max().orElse(0);
        for (var column : columns) {
            if (inner(row.get(column)).isEmpty()) {
                out.println(pad(column, width, false) + GAP + text(row.get(column)));
            }
        }
        for (var column : columns) {
            inner(row.get(column)).ifPresent(rows -> {
                out.println();
                rows.printTable(out);
            });
        }
    }

    private static Optional<Rows> inner(Object value) {
        if (!(value instanceof List<?> list) || list.isEmpty() || !(list.get(0) instanceof Map<?, ?>)) {
            return Optional.empty();
        }
        var rows = new ArrayList<Map<String, Object>>();
        for (var item : list) {
            var row = new LinkedHashMap<String, Object>();
            ((Map<?, ?>) item).forEach((name, field) -> row.put(String.valueOf(name), field));
            rows.add(row);
        }
        return Optional.of(new Rows(rows));
    }

    private void printTable(PrintWriter out) {
        var columns = columns();
        var widths = columns.stream().map(this::width).toList();
        printLine(out, columns, widths, column -> column);
        printLine(out, columns, widths, column -> "-".repeat(width(column)));
        rows.forEach(row -> printLine(out, columns, widths, column -> text(row.get(column))));
    }

    private boolean isTooWide() {
        return columns().stream()
                        .mapToInt(column -> width(column) + GAP.length())
                        .sum()
                > WIDEST;
    }

    private List<String> columns() {
        return rows.stream()
                .flatMap(row -> row.keySet().stream())
                .distinct()
                .filter(this::says)
                .toList();
    }

    /** A column without any value would only push the others off the screen. */
    private boolean says(String column) {
        return rows.stream().anyMatch(row -> !text(row.get(column)).isEmpty());
    }

    private int width(String column) {
        return Math.max(
                column.length(),
                rows.stream()
                        .mapToInt(row -> text(row.get(column)).length())
                        .max()
                        .orElse(0));
    }

    private boolean isNumber(String column) {
        return rows.stream().map(row -> row.get(column)).allMatch(value -> value == null || value instanceof Number);
    }

    private void printLine(PrintWriter out, List<String> columns, List<Integer> widths, UnaryOperator<String> cell) {
        var line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            line.append(i == 0 ? "" : GAP).append(pad(cell.apply(column), widths.get(i), isNumber(column)));
        }
        out.println(line.toString().stripTrailing());
    }

    private static String pad(String text, int width, boolean right) {
        var blanks = " ".repeat(Math.max(0, width - text.length()));
        return right ? blanks + text : text + blanks;
    }

    /** For people: seconds to the millisecond. */
    private static String text(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                    .collect(Collectors.joining(", "));
        }
        if (value instanceof Collection<?> many) {
            return many.stream().map(Rows::text).collect(Collectors.joining(", "));
        }
        if (value instanceof Double number && Math.abs(number) < 1e15) {
            return BigDecimal.valueOf(number)
                    .setScale(3, RoundingMode.HALF_UP)
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return value.toString();
    }
}
