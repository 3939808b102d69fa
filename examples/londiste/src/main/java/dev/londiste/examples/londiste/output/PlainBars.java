package dev.londiste.examples.londiste.output;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A line whenever a thing has got on by a tenth, or says something else: what a log can keep. Used by one thread. */
final class PlainBars implements Bars {

    private final PrintStream out;
    private final Map<String, String> said = new HashMap<>();

    PlainBars(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(List<Bar> bars) {
        for (var bar : bars) {
            var state = bar.percent() / 10 + bar.text().replaceAll("[0-9].*", "");
            if (!state.equals(said.put(bar.name(), state))) {
                out.printf("%s %d%% %s%n", bar.name(), bar.percent(), bar.text());
            }
        }
    }
}
