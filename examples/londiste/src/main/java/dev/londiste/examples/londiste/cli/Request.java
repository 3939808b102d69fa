package dev.londiste.examples.londiste.cli;

import dev.londiste.pgq.component.PgqConstants;
import dev.londiste.pgq.component.PgqOperation;
import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is asked of an admin route: headers, and for some operations a body. Belongs to one command. */
final class Request {

    private final String door;
    private final Map<String, Object> headers = new LinkedHashMap<>();
    private Object body;

    private Request(String door) {
        this.door = door;
    }

    static Request of(LondisteOperation operation) {
        return new Request("direct:admin").with(LondisteConstants.OPERATION, operation);
    }

    static Request of(PgqOperation operation) {
        return new Request("direct:queue").with(PgqConstants.OPERATION, operation);
    }

    /** Leaves the header out when there is no value, or nothing in it. */
    Request with(String header, Object value) {
        boolean nothing =
                value == null || (value instanceof Collection<?> many && many.isEmpty()) || Boolean.FALSE.equals(value);
        if (!nothing) {
            headers.put(header, value);
        }
        return this;
    }

    Request dryRun(boolean wanted) {
        return with(LondisteConstants.DRY_RUN, wanted);
    }

    boolean isDryRun() {
        return headers.containsKey(LondisteConstants.DRY_RUN);
    }

    Request withBody(Object given) {
        body = given;
        return this;
    }

    String door() {
        return door;
    }

    Map<String, Object> headers() {
        return headers;
    }

    Object body() {
        return body;
    }
}
