package dev.londiste.examples.londiste.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;

/** Bars that are redrawn in place on a terminal. Used by one thread. */
final class TerminalBars implements Bars {

    private static final int BAR_WIDTH = 24;
    private static final int DEFAULT_ROWS = 24;
    private static final int DEFAULT_COLUMNS = 80;

    private final Terminal terminal;
    private final Display display;
    private final boolean unicode;

    private TerminalBars(Terminal terminal) {
        this.terminal = terminal;
        this.display = new Display(terminal, false);
        this.unicode = StandardCharsets.UTF_8.equals(terminal.encoding());
    }

    /** The bars of the terminal that this process writes its errors to, or null when it has none. */
    static Bars open() {
        try {
            var terminal = TerminalBuilder.builder()
                    .system(true)
                    .systemOutput(TerminalBuilder.SystemOutput.SysErr)
                    .dumb(true)
                    .build();
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                terminal.close();
                return null;
            }
            return new TerminalBars(terminal);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void show(List<Bar> bars) {
        // A terminal without a size of its own, such as a recorded one, says 0.
        int rows = terminal.getHeight() > 0 ? terminal.getHeight() : DEFAULT_ROWS;
        int columns = terminal.getWidth() > 0 ? terminal.getWidth() : DEFAULT_COLUMNS;
        display.resize(rows, columns);
        int name = bars.stream().mapToInt(bar -> bar.name().length()).max().orElse(0);
        display.update(
                bars.stream()
                        .limit(Math.max(1, rows - 1L))
                        .map(bar -> line(bar, name, columns - 1))
                        .toList(),
                0);
    }

    private AttributedString line(Bar bar, int name, int columns) {
        var text = "%-" + name + "s %s %3d%%  %s";
        return new AttributedString(
                        text.formatted(bar.name(), bar.drawn(BAR_WIDTH, unicode), bar.percent(), bar.text()))
                .columnSubSequence(0, Math.max(1, columns));
    }

    @Override
    public void close() {
        try {
            display.update(List.of(), 0);
            terminal.close();
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }
}
