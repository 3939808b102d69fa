package dev.londiste.replication.component;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqException.Facts;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Where the arguments of an operation come from: headers first, then the body if the endpoint reads it, then options.
 * Belongs to one exchange.
 */
abstract class ArgumentValues {

    private static final String PREFIX = "CamelLondiste";

    /** In the order of the alphabet. */
    private static final Set<String> HEADERS = headers();

    private static final Set<String> NAMES = names();

    private final LondisteConfiguration options;
    private final Exchange exchange;

    ArgumentValues(LondisteConfiguration options, Exchange exchange) {
        this.options = options;
        this.exchange = exchange;
    }

    /** Refuses names of arguments that no operation knows: a switch that is misspelt must not go unnoticed. */
    final void requireKnown() {
        exchange.getMessage().getHeaders().keySet().forEach(this::requireKnownHeader);
        if (options.isArgumentsFromBody() && body() instanceof Map<?, ?> arguments) {
            arguments.keySet().forEach(name -> requireKnown(name.toString(), options.getQueue()));
        }
    }

    /**
     * Refuses arguments given for this call that the operation does not take: who gives them means something that would not
     * be done. A switch that is off asks for nothing.
     */
    final void requireTakenBy(LondisteOperation operation) {
        exchange.getMessage().getHeaders().forEach((header, value) -> requireTaken(operation, header, header, value));
        if (options.isArgumentsFromBody() && body() instanceof Map<?, ?> arguments) {
            arguments.forEach((name, value) ->
                    requireTaken(operation, PREFIX + name, "Argument " + name + " of the body", value));
        }
    }

    private void requireTaken(LondisteOperation operation, String header, String name, Object value) {
        boolean asks = value != null && !"false".equals(value.toString());
        if (asks && !OperationArguments.takes(operation, header)) {
            throw refused(OperationArguments.refusal(operation, header, name));
        }
    }

    /** In upper or lower case, as Camel finds headers. */
    private void requireKnownHeader(String header) {
        if (header.regionMatches(true, 0, PREFIX, 0, PREFIX.length()) && !HEADERS.contains(header)) {
            throw refused("There is no header " + header + "; headers are " + String.join(", ", HEADERS));
        }
    }

    static void requireKnown(String name, String queue) {
        if (!NAMES.contains(name)) {
            throw new PgqException(
                    "There is no argument " + name + "; arguments are " + String.join(", ", NAMES),
                    Facts.of(queue, null).sqlState("LD009"),
                    null);
        }
    }

    static void removeFrom(Message message) {
        message.removeHeaders(PREFIX + "*");
    }

    final LondisteConfiguration options() {
        return options;
    }

    final Exchange exchange() {
        return exchange;
    }

    static List<String> list(Object names) {
        if (names == null) {
            return List.of();
        }
        if (names instanceof Collection<?> several) {
            return several.stream().map(Object::toString).toList();
        }
        return Arrays.stream(names.toString().split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    final boolean flag(String header) {
        var value = value(header);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        return switch (value.toString()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused(header + " must be true or false but is " + value);
        };
    }

    final String text(String header) {
        var value = value(header);
        return value == null ? null : value.toString();
    }

    final Object value(String header) {
        var value = exchange.getMessage().getHeader(header);
        var name = optionName(header);
        if (value == null && options.isArgumentsFromBody() && body() instanceof Map<?, ?> arguments) {
            value = arguments.get(name);
        }
        return value == null ? options.getArguments().get(name) : value;
    }

    final Object body() {
        return exchange.getMessage().getBody();
    }

    private static Set<String> headers() {
        var headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (var constant : LondisteConstants.class.getFields()) {
            try {
                headers.add((String) constant.get(null));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("Not a public constant: " + constant, e);
            }
        }
        return Collections.unmodifiableSet(headers);
    }

    private static Set<String> names() {
        var names = new TreeSet<String>();
        HEADERS.forEach(header -> names.add(optionName(header)));
        // It is an option, or a header; from a body it would not be read.
        names.remove(optionName(LondisteConstants.OPERATION));
        return Collections.unmodifiableSet(names);
    }

    private static String optionName(String header) {
        var name = header.substring(PREFIX.length());
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    final PgqException refused(String sentence) {
        return new PgqException(sentence, Facts.of(options.getQueue(), null).sqlState("LD009"), null);
    }
}
