package dev.londiste.examples.londiste.demo;

import java.io.Serial;

/** The demo cannot go on; the message is a sentence for the person at the terminal. */
final class DemoException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
