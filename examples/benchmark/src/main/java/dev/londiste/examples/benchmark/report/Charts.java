package dev.londiste.examples.benchmark.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;

/** A bar chart for each quantity that several contestants share, as SVG. */
final class Charts {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    /** A tenth of a pixel is enough, and halves the file. */
    private static final Pattern TOO_EXACT = Pattern.compile("(\\.\\d)\\d+");

    private static final Color BARS = new Color(0x33, 0x67, 0x91);

    private final Report report;

    Charts(Report report) {
        this.report = report;
    }

    void write(Path folder) throws IOException {
        var quantities =
                report.figures().stream().map(Figure::quantity).distinct().toList();
        for (var quantity : quantities) {
            var figures = report.of(quantity);
            if (figures.size() > 1) {
                var file = folder.resolve(fileName(quantity.name()));
                VectorGraphicsEncoder.saveVectorGraphic(
                        chart(quantity, figures), file.toString(), VectorGraphicsFormat.SVG);
                Files.writeString(
                        file, TOO_EXACT.matcher(Files.readString(file)).replaceAll("$1"));
            }
        }
    }

    private static CategoryChart chart(Quantity quantity, List<Figure> figures) {
        var chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(quantity.name())
                .yAxisTitle(quantity.unit())
                .build();
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler().setXAxisLabelRotation(figures.size() > 3 ? 20 : 0);
        chart.addSeries(
                        quantity.name(),
                        figures.stream().map(Figure::contestant).toList(),
                        figures.stream().map(Figure::median).toList())
                .setFillColor(BARS);
        return chart;
    }

    static String fileName(String quantity) {
        return quantity.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
    }
}
