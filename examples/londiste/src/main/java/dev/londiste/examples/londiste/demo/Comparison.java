package dev.londiste.examples.londiste.demo;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Every table of the shop on both sides, by checksum. Nothing may change while it reads. */
record Comparison(List<Line> lines) {

    /** One table. */
    record Line(String table, TableChecksum provider, TableChecksum subscriber) {
        boolean equal() {
            return provider.equals(subscriber);
        }

        private String text(int width) {
            return ("%-" + width + "s %,11d %,12d  %-9s  %s")
                    .formatted(
                            table,
                            provider.rows(),
                            subscriber.rows(),
                            equal() ? "equal" : "DIFFERENT",
                            equal() ? provider.sum() : provider.sum() + " / " + subscriber.sum());
        }
    }

    static Comparison of(DataSource provider, DataSource subscriber, List<String> tables) throws SQLException {
        var lines = new ArrayList<Line>();
        for (var table : tables) {
            lines.add(new Line(table, TableChecksum.of(provider, table), TableChecksum.of(subscriber, table)));
        }
        return new Comparison(List.copyOf(lines));
    }

    boolean equal() {
        return lines.stream().allMatch(Line::equal);
    }

    /** The result for people: a header and a line per table. */
    List<String> report() {
        int width = lines.stream().mapToInt(line -> line.table().length()).max().orElse(0);
        var report = new ArrayList<String>();
        report.add(("%-" + width + "s %11s %12s  %-9s  %s")
                .formatted("table", "provider", "subscriber", "rows are", "checksum"));
        lines.forEach(line -> report.add(line.text(width)));
        return report;
    }
}
