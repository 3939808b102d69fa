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
            return Row.of(ColumnNames.of());
        }
        var places = new int[2 * shape.names.size()];
        int count = 0;
        while (json.skip(shape.token(count))) {
            place(places, count);
            count++;
            if (!json.accept(',')) {
                return end(text, places, count);
            }
        }
        return readNames(text, places, count);
    }

    /** The first character of the JSON value that column {@code index} of the last row had. */
    char kind(int index) {
        return kinds[index];
    }

    private Row end(String text, int[] places, int count) {
        json.expect('}');
        json.expectEnd();
        if (count < shape.names.size()) {
            shape = new Shape(Arrays.copyOf(shape.nameArray, count));
        }
        return json.hasEscapes()
                ? Row.of(shape.names, values(text, places, count))
                : new RowOfJson(shape.names, text, exactly(places, 2 * count));
    }

    private static int[] exactly(int[] places, int length) {
        return places.length == length ? places : Arrays.copyOf(places, length);
    }

    /** From a name on that differs from the last row's: collects names, and makes them the shape to expect. */
    private Row readNames(String text, int[] known, int knownCount) {
        var names = new ArrayList<>(Arrays.asList(shape.nameArray).subList(0, knownCount));
        var places = known;
        do {
            int count = names.size();
            if (2 * count == places.length) {
                places = Arrays.copyOf(places, Math.max(16, 2 * places.length));
            }
            names.add(json.string());
            json.expect(':');
            place(places, count);
        } while (json.accept(','));
        shape = new Shape(names.toArray(String[]::new));
        return end(text, places, names.size());
    }

    private void place(int[] places, int index) {
        if (index >= kinds.length) {
            kinds = Arrays.copyOf(kinds, kinds.length * 2);
        }
        char kind = json.peek();
        kinds[index] = kind;
        json.place(kind, places, 2 * index);
    }

    private String[] values(String text, int[] places, int count) {
        var values = new String[count];
        for (int i = 0; i < count; i++) {
            int from = places[2 * i];
            int to = places[2 * i + 1];
            if (to > 0) {
                values[i] = kinds[i] == '"' ? json.string(from, to) : text.substring(from, to);
            }
        }
        return values;
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
