package dev.londiste.examples.londiste.routes;

/** A route could not do what it was asked for; the message is the sentence to show. */
public final class RouteFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RouteFailure(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
