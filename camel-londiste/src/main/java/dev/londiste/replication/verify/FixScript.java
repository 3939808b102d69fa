package dev.londiste.replication.verify;

import dev.londiste.pgq.PgqException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The statements that fix one table, in a file {@code fix.schema.table.sql}, as Londiste named it: rows that are too many
 * go first, since they may hold values that others are to get. Statements never pile up in memory. A table that has none
 * has no file either, not even that of an earlier repair. Not thread-safe.
 */
final class FixScript implements AutoCloseable {

    /** The styles in which values are written here are those in which they are read there. */
    private static final String SETTINGS = """
            -- What makes table %s of the subscriber equal to table %s of the provider, as both were at one moment.
            -- Each statement changes one row, or none when the row has changed since. Run it with psql -1.
            set client_encoding = 'UTF8';
            set standard_conforming_strings = on;
            set "DateStyle" = 'ISO, MDY';
            set "IntervalStyle" = 'postgres';
            set "TimeZone" = 'UTC';
            set xmloption = 'content';
            set array_nulls = on;
            set lc_monetary = 'C';
            """;

    private final Path file;
    private final Path rest;
    private final BufferedWriter deletes;
    private final BufferedWriter others;
    private boolean empty = true;

    private FixScript(Path file, Path rest, BufferedWriter deletes, BufferedWriter others) {
        this.file = file;
        this.rest = rest;
        this.deletes = deletes;
        this.others = others;
    }

    static FixScript in(Path directory, ComparedTable table) {
        var name = "fix." + URLEncoder.encode(table.name(), StandardCharsets.UTF_8) + ".sql";
        var file = directory.resolve(name);
        var rest = directory.resolve(name + ".part");
        try {
            Files.createDirectories(directory);
            var script = new FixScript(file, rest, Files.newBufferedWriter(file), Files.newBufferedWriter(rest));
            script.deletes.write(SETTINGS.formatted(oneLine(table.target()), oneLine(table.name())));
            return script;
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** A name can hold a line break, which would end the comment. */
    private static String oneLine(String name) {
        return name.replaceAll("\\R", " ");
    }

    void add(List<RowFix> fixes) {
        try {
            for (var fix : fixes) {
                empty = false;
                var writer = fix.operation() == RowFix.Operation.DELETE ? deletes : others;
                writer.write(fix.text());
                writer.write('\n');
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            finish();
            Files.delete(rest);
            if (empty) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private void finish() throws IOException {
        try (deletes) {
            others.close();
            try (var reader = Files.newBufferedReader(rest)) {
                reader.transferTo(deletes);
            }
        }
    }

    private static PgqException failed(Path file, IOException e) {
        return new PgqException("The file " + file + " could not be written: " + e.getMessage(), e);
    }
}
