package dev.londiste.pgq.change;

import java.util.ArrayList;
import java.util.Arrays;

/**
 * Reads the JSON object of a row into raw texts: numbers keep every digit and nested values every byte, which no JSON
 * library offers at this speed. Rows of one table have one shape, so names are compared with those of the row before
 * instead of being read again. Not thread-safe.
 */
final class JsonRowReader {

    private Shape shape = new Shape(ColumnNames.of(), new String[0]);
    private char[] kinds = new char[16];
    private JsonText json;

    /** Reads one object; an IllegalArgumentException names the position, not the content. */
    Row read(String text) {
        json = new JsonText(text);
        json.expect('{');
        if (json.accept('}')) {
            json.expectEnd();
            return new Row(ColumnNames.of(), new String[0]);
        }
        var values = new String[shape.names.size()];
        int count = 0;
        while (json.skip(shape.token(count))) {
            values[count] = value(count);
            count++;
            if (!json.accept(',')) {
                return end(values, count);
            }
        }
        return readNames(values, count);
    }

    /** The first character of the JSON value that column {@code index} of the last row had. */
    char kind(int index) {
        return kinds[index];
    }

    private Row end(String[] values, int count) {
        json.expect('}');
        json.expectEnd();
        if (count == values.length) {
            return new Row(shape.names, values);
        }
        shape = new Shape(Arrays.copyOf(shape.nameArray, count));
        return new Row(shape.names, Arrays.copyOf(values, count));
    }

    /** From a name on that differs from the last row's: collects names, and makes them the shape to expect. */
    private Row readNames(String[] known, int knownCount) {
        var names = new ArrayList<>(Arrays.asList(shape.nameArray).subList(0, knownCount));
        var values = new ArrayList<>(Arrays.asList(known).subList(0, knownCount));
        do {
            names.add(json.string());
            json.expect(':');
            values.add(value(values.size()));
        } while (json.accept(','));
        json.expect('}');
        json.expectEnd();
        shape = new Shape(names.toArray(String[]::new));
        return new Row(shape.names, values.toArray(String[]::new));
    }

    private String value(int index) {
        if (index >= kinds.length) {
            kinds = Arrays.copyOf(kinds, kinds.length * 2);
        }
        char kind = json.peek();
        kinds[index] = kind;
        return json.value(kind);
    }

    /** Column names with the exact text by which each is expected. */
    private static final class Shape {
        final ColumnNames names;
        final String[] nameArray;
        final String[] tokens;

        Shape(ColumnNames names, String[] nameArray) {
            this.names = names;
            this.nameArray = nameArray;
            this.tokens = new String[nameArray.length];
            for (int i = 0; i < tokens.length; i++) {
                // A name that JSON escapes never matches and takes the slow way.
                tokens[i] = '"' + nameArray[i] + "\":";
            }
        }

        Shape(String[] nameArray) {
            this(ColumnNames.of(nameArray), nameArray);
        }

        String token(int index) {
            return index < tokens.length ? tokens[index] : null;
        }
    }
}
