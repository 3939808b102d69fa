package dev.londiste.pgq.change;

import dev.londiste.pgq.change.Change.Operation;
import java.util.List;

/** What ev_type says about a change, and in which format the row comes. */
record EventType(Operation operation, List<String> keyColumns, Format format) {

    /** Who wrote the row. */
    enum Format {
        /** Our capture triggers, or logutriga: {@code I:pk1,pk2}; the data tells which. */
        KEYED,
        /** sqltriga and logtriga: {@code I}, {@code U}, {@code D} and a piece of SQL. */
        PARTIAL_SQL,
        /** jsontriga: the type is a JSON object itself. */
        JSON_TYPE
    }

    /** Null when an event of this type is not about the rows of a table. */
    static EventType parse(String type) {
        if (type.startsWith("{")) {
            return jsonType(type);
        }
        if (type.equals("R")) {
            return new EventType(Operation.TRUNCATE, List.of(), Format.KEYED);
        }
        var operation = type.isEmpty() ? null : operation(type.charAt(0));
        if (operation == null) {
            return null;
        }
        if (type.length() == 1) {
            return new EventType(operation, List.of(), Format.PARTIAL_SQL);
        }
        return type.charAt(1) == ':' ? new EventType(operation, keyColumns(type), Format.KEYED) : null;
    }

    private static List<String> keyColumns(String type) {
        return type.length() == 2 ? List.of() : List.of(type.substring(2).split(","));
    }

    private static Operation operation(char letter) {
        return switch (letter) {
            case 'I' -> Operation.INSERT;
            case 'U' -> Operation.UPDATE;
            case 'D' -> Operation.DELETE;
            default -> null;
        };
    }

    /** {@code {"op":"INSERT","table":["public","t"],"pkey":["id"]}}. */
    private static EventType jsonType(String type) {
        var fields = new JsonRowReader().read(type);
        if (!fields.has("op") || !fields.has("pkey")) {
            return null;
        }
        return switch (fields.value("op")) {
            case "INSERT" -> json(Operation.INSERT, fields);
            case "UPDATE" -> json(Operation.UPDATE, fields);
            case "DELETE" -> json(Operation.DELETE, fields);
            case "TRUNCATE" -> new EventType(Operation.TRUNCATE, List.of(), Format.JSON_TYPE);
            default -> null;
        };
    }

    private static EventType json(Operation operation, Row fields) {
        return new EventType(operation, new JsonText(fields.value("pkey")).strings(), Format.JSON_TYPE);
    }
}
