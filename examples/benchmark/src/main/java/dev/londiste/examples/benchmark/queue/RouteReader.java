package dev.londiste.examples.benchmark.queue;

import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.pgq.PgqBatch;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** Routes from {@code pgq:}, each a consumer of its own, by batch or by event; starting the routes counts, starting Camel does not. */
public record RouteReader(boolean batching, int routes) implements ConsumeTrial.Reader {

    @Override
    public List<String> consumers() {
        return IntStream.range(0, routes).mapToObj(i -> "counter" + i).toList();
    }

    @Override
    public ConsumeTrial.Reading prepare(Database database, int events) {
        var counted = new LongAdder();
        var done = new CountDownLatch(routes);
        var main = new Main();
        main.bind("database", database.dataSource());
        consumers()
                .forEach(consumer -> main.configure().addRoutesBuilder(new Counter(consumer, counted, done, events)));
        main.start();
        return new ConsumeTrial.Reading() {
            @Override
            public long count() throws Exception {
                for (var consumer : consumers()) {
                    main.getCamelContext().getRouteController().startRoute(consumer);
                }
                done.await(30, TimeUnit.MINUTES);
                return counted.sum();
            }

            @Override
            public void close() {
                main.stop();
            }
        };
    }

    private final class Counter extends RouteBuilder {

        private final String consumer;
        private final LongAdder counted;
        private final CountDownLatch done;
        private long missing;

        Counter(String consumer, LongAdder counted, CountDownLatch done, long events) {
            this.consumer = consumer;
            this.counted = counted;
            this.done = done;
            this.missing = events;
        }

        @Override
        public void configure() {
            from("pgq:" + FilledQueue.NAME + "?consumerName=" + consumer + "&batching=" + batching)
                    .routeId(consumer)
                    .autoStartup(false)
                    .process(exchange -> {
                        long count = exchange.getMessage().getBody() instanceof PgqBatch batch ? size(batch) : 1;
                        counted.add(count);
                        missing -= count;
                        if (missing == 0) {
                            done.countDown();
                        }
                    });
        }
    }

    private static long size(PgqBatch batch) {
        long count = 0;
        for (var event : batch) {
            count += event.type() == null ? 0 : 1;
        }
        return count;
    }
}
