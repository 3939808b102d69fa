package dev.londiste.examples.londiste.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;

/** A drawing at the bottom of the terminal that is redrawn in place; lasting lines scroll above it. */
final class LiveScreen implements Screen {

    private static final int BAR_WIDTH = 24;

    private final Terminal terminal;
    private final Display display;
    private final boolean unicode;

    private LiveScreen(Terminal terminal) {
        this.terminal = terminal;
        this.display = new Display(terminal, false);
        this.unicode = StandardCharsets.UTF_8.equals(terminal.encoding());
    }

    /** The screen of the terminal that this process runs in, or null when it runs in none. */
    static LiveScreen open() {
        try {
            var terminal = TerminalBuilder.builder()
                    .system(true)
                    .systemOutput(TerminalBuilder.SystemOutput.SysOut)
                    .dumb(true)
                    .build();
            if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                terminal.close();
                return null;
            }
            return new LiveScreen(terminal);
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void say(String line) {
        display.update(List.of(), 0);
        terminal.writer().println(line);
        terminal.flush();
        display.reset();
    }

    @Override
    public void show(Progress progress) {
        var size = terminal.getSize();
        display.resize(size.getRows(), size.getColumns());
        var lines = new ArrayList<AttributedString>();
        progress.replay().tables().forEach(table -> lines.add(line(table)));
        lines.add(AttributedString.EMPTY);
        lines.add(new AttributedString(time(progress) + "  " + ProgressText.summary(progress)));
        display.update(fitting(lines, size.getRows() - 1, size.getColumns() - 1), 0);
    }

    private AttributedString line(TableProgress table) {
        return new AttributedStringBuilder()
                .append("%-18s ".formatted(table.table()))
                .styled(style(table), "%-22s ".formatted(table.state()))
                .append(ProgressText.bar(table.fraction(), BAR_WIDTH, unicode))
                .append(" %3d%%  %s"
                        .formatted((int) (table.fraction() * 100), table.copying() ? ProgressText.copied(table) : ""))
                .append(table.problem() == null ? "" : "  " + table.problem())
                .toAttributedString();
    }

    private static AttributedStyle style(TableProgress table) {
        return AttributedStyle.DEFAULT.foreground(
                switch (table.stage()) {
                    case "ok" -> AttributedStyle.GREEN;
                    case "NEW" -> AttributedStyle.WHITE;
                    default -> AttributedStyle.YELLOW;
                });
    }

    private static String time(Progress progress) {
        long elapsed = progress.elapsed().toSeconds();
        return progress.length().isZero()
                ? elapsed + " s"
                : elapsed + " of " + progress.length().toSeconds() + " s";
    }

    /** What does not fit is cut off: a wrapped line would break redrawing in place. */
    private static List<AttributedString> fitting(List<AttributedString> lines, int rows, int columns) {
        return lines.stream()
                .limit(Math.max(1, rows))
                .map(line -> line.columnSubSequence(0, Math.max(1, columns)))
                .toList();
    }

    @Override
    public void close() {
        try {
            terminal.flush();
            terminal.close();
        } catch (IOException e) {
            // The demo is over; a terminal that does not close cannot spoil its result.
            System.err.println(e.getMessage());
        }
    }
}
