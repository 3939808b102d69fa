package dev.londiste.pgq.component.route;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.PgqBatch;
import dev.londiste.pgq.component.failure.BatchAborted;
import dev.londiste.pgq.read.BatchReader;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/** One exchange per batch, none when the batch has no event. */
public final class WholeBatch implements Routing {

    private final BatchReader reader;
    private final ExchangeRunner runner;
    private final BooleanSupplier mayGoOn;

    public WholeBatch(BatchReader reader, ExchangeRunner runner, BooleanSupplier mayGoOn) {
        this.reader = reader;
        this.runner = runner;
        this.mayGoOn = mayGoOn;
    }

    @Override
    public Result route(Batch batch) {
        if (!mayGoOn.getAsBoolean()) {
            return Result.incomplete(0);
        }
        try (var body = PgqBatch.open(batch, reader)) {
            if (body.isEmpty()) {
                return new Result(0, true, events(body));
            }
            runner.run(exchange(batch, body)).ifPresent(cause -> {
                throw BatchAborted.at(batch, null, cause);
            });
            return new Result(1, true, events(body));
        }
    }

    private OptionalLong events(PgqBatch body) {
        return reader.readsAll() ? body.events() : OptionalLong.empty();
    }

    private Exchange exchange(Batch batch, PgqBatch body) {
        var exchange = runner.create();
        var message = exchange.getMessage();
        message.setBody(body);
        EventExchange.batchHeaders(batch, message::setHeader);
        message.setHeader(Exchange.MESSAGE_TIMESTAMP, batch.tick().time().toEpochMilli());
        exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, 0);
        exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, 1);
        exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, true);
        return exchange;
    }
}
