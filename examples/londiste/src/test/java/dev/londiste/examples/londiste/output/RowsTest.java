package dev.londiste.examples.londiste.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class RowsTest {

    @Test
    void secondsAreShownToTheMillisecond() {
        var rows = new Rows(List.of(row("lag", 1.1434199999999999, "age", 2.0, "none", 0.0)));

        assertThat(printed(rows, Rows::printText)).isEqualTo("""
                  lag  age  none
                -----  ---  ----
                1.143    2     0
                """);
    }

    @Test
    void columnsAreAlignedNumbersToTheRightAndEmptyOnesLeftOut() {
        var rows = new Rows(List.of(
                row("table_name", "public.a", "rows", 7L, "reason", null),
                row("table_name", "public.orders", "rows", 12345L, "reason", null)));

        assertThat(printed(rows, Rows::printText)).isEqualTo("""
                table_name      rows
                -------------  -----
                public.a           7
                public.orders  12345
                """);
    }

    @Test
    void aRowThatIsTooLongForALineIsAListWithItsRowsBelow() {
        var rows = new Rows(List.of(row(
                "job_name",
                "j",
                "text",
                "x".repeat(130),
                "verifications",
                List.of(),
                "tables",
                List.of(row("table_name", "public.a", "state", "ok")))));

        assertThat(printed(rows, Rows::printText)).isEqualTo("""
                job_name  j
                text      %s

                table_name  state
                ----------  -----
                public.a    ok
                """.formatted("x".repeat(130)));
    }

    @Test
    void programsGetTheSameAsJson() {
        var rows = new Rows(List.of(row("table_name", "a\"b", "key", List.of("x", "y"), "lag", null)));

        assertThat(printed(rows, Rows::printJson).replaceAll("\\s", ""))
                .isEqualTo("[{\"table_name\":\"a\\\"b\",\"key\":[\"x\",\"y\"],\"lag\":null}]");
    }

    private static Map<String, Object> row(Object... namesAndValues) {
        var row = new LinkedHashMap<String, Object>();
        var iterator = Arrays.asList(namesAndValues).iterator();
        while (iterator.hasNext()) {
            row.put((String) iterator.next(), iterator.next());
        }
        return row;
    }

    private static String printed(Rows rows, BiConsumer<Rows, PrintWriter> print) {
        var text = new StringWriter();
        print.accept(rows, new PrintWriter(text));
        return text.toString().replace(System.lineSeparator(), "\n");
    }
}
