package dev.londiste.pgq.component.consume;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;

/** Passes a failure on to another handler only when it is not the one of the poll before. Not thread-safe. */
public final class OncePerCause implements ExceptionHandler {

    private final ExceptionHandler handler;
    private String last;

    public OncePerCause(ExceptionHandler handler) {
        this.handler = handler;
    }

    public void reset() {
        last = null;
    }

    @Override
    public void handleException(Throwable exception) {
        handleException(null, null, exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(message, null, exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        var cause = exception.getClass().getName() + exception.getMessage();
        if (!cause.equals(last)) {
            last = cause;
            handler.handleException(message, exchange, exception);
        }
    }
}
