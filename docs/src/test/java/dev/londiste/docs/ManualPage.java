package dev.londiste.docs;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What Londiste's manual page says, and where it is held: the rows of {@code manual-page.txt}, each with a sentence,
 * operations and tests.
 */
record ManualPage(List<Row> rows) {

    private static final String FILE = "docs/src/test/resources/manual-page.txt";

    static ManualPage read() {
        return new ManualPage(Repository.read(FILE)
                .lines()
                .filter(line -> !line.isBlank())
                .map(Row::parse)
                .toList());
    }

    /** A table for each section. */
    String markdown() {
        var text = new StringBuilder();
        MarkdownTable table = null;
        for (var row : rows) {
            if (row.isHeading()) {
                text.append(table == null ? "" : table + "\n")
                        .append("## ")
                        .append(row.sentence())
                        .append("\n\n");
                table = new MarkdownTable("Sentence", "Operation", "Test");
            } else if (table != null) {
                table.row(List.of(row.sentence(), code(row.operations()), code(row.tests())));
            }
        }
        return text.append(table).toString();
    }

    private static String code(List<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    /**
     * A sentence with what proves it; a heading has neither operations nor tests.
     *
     * @param tests as Class#method
     */
    record Row(String sentence, List<String> operations, List<String> tests) {

        static Row parse(String line) {
            if (line.startsWith("= ")) {
                return new Row(line.substring(2), List.of(), List.of());
            }
            var cells = line.split("\\|");
            if (cells.length != 3) {
                throw new IllegalStateException("Not sentence | operations | tests: " + line);
            }
            return new Row(cells[0].strip(), list(cells[1]), list(cells[2]));
        }

        private static List<String> list(String cell) {
            return Arrays.stream(cell.split(",")).map(String::strip).toList();
        }

        boolean isHeading() {
            return operations.isEmpty();
        }
    }
}
