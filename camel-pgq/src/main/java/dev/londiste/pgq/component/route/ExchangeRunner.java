package dev.londiste.pgq.component.route;

import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.RollbackExchangeException;
import org.apache.camel.support.DefaultConsumer;

/** Routes one exchange on the calling thread and tells whether it succeeded. Thread-safe. */
public final class ExchangeRunner {

    private final DefaultConsumer consumer;

    public ExchangeRunner(DefaultConsumer consumer) {
        this.consumer = consumer;
    }

    Exchange create() {
        return consumer.createExchange(false);
    }

    /** Why it failed, after Camel's error handler is done; empty for success. The exchange is used up afterwards. */
    Optional<Throwable> run(Exchange exchange) {
        try {
            consumer.getProcessor().process(exchange);
            return failure(exchange);
        } catch (Exception e) {
            return Optional.of(e);
        } finally {
            consumer.releaseExchange(exchange, false);
        }
    }

    /** Gives back an exchange that is not routed. */
    void release(Exchange exchange) {
        consumer.releaseExchange(exchange, false);
    }

    /** Gives up an exchange that could not be made complete. */
    Optional<Throwable> refuse(Exchange exchange, RuntimeException cause) {
        release(exchange);
        return Optional.of(cause);
    }

    /** Handled, continued and dead-lettered exchanges carry no exception any more. */
    private static Optional<Throwable> failure(Exchange exchange) {
        if (exchange.getException() != null) {
            return Optional.of(exchange.getException());
        }
        return exchange.isRollbackOnly() || exchange.isRollbackOnlyLast()
                ? Optional.of(new RollbackExchangeException("The exchange was marked for rollback", exchange))
                : Optional.empty();
    }
}
