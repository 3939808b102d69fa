package dev.londiste.examples.londiste.output;

import dev.londiste.pgq.SqlScripts;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Where a command says what it has to say.
 *
 * @param out for results
 * @param err for what a program that reads results must not see
 * @param quiet says nothing but errors
 * @param json prints results for programs
 */
public record Printer(PrintWriter out, PrintWriter err, boolean quiet, boolean json) {

    public void print(List<Map<String, Object>> rows) {
        if (quiet) {
            return;
        }
        if (json) {
            new Rows(rows).printJson(out);
        } else {
            new Rows(rows).printText(out);
        }
    }

    /** Prints the SQL in a column as text that psql can run; for programs, all columns as ever. */
    public void statements(List<Map<String, Object>> rows, String column) {
        if (json) {
            print(rows);
            return;
        }
        for (var row : rows) {
            var value = row.get(column);
            if (value instanceof Collection<?> many) {
                many.forEach(out::println);
            } else if (value != null) {
                out.println(value);
            }
        }
        out.flush();
    }

    /** A sentence for people, where there are no rows to tell that all is done. */
    public void say(String sentence) {
        if (!quiet && !json) {
            out.println(sentence);
            out.flush();
        }
    }

    public void warn(List<String> sentences) {
        if (!quiet) {
            sentences.forEach(err::println);
        }
    }

    /** The SQL of schemas as one file, made without any database; the answer is an exit code. */
    public int installation(String... schemas) {
        for (var schema : schemas) {
            SqlScripts.texts(schema).forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
