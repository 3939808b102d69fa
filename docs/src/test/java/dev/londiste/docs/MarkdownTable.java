package dev.londiste.docs;

import java.util.List;

/** A table of a document. */
final class MarkdownTable {

    private final StringBuilder text = new StringBuilder();

    MarkdownTable(String... titles) {
        row(List.of(titles));
        text.append("|").append("---|".repeat(titles.length)).append('\n');
    }

    MarkdownTable row(List<String> cells) {
        text.append('|');
        cells.forEach(cell -> text.append(' ').append(cell(cell)).append(" |"));
        text.append('\n');
        return this;
    }

    private static String cell(String text) {
        return text.strip().replace("\n", " ").replace("|", "\\|").replace("<", "&lt;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
