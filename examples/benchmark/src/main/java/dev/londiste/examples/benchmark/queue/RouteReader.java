package dev.londiste.examples.benchmark;

import dev.londiste.pgq.PgqBatch;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;

/** A route from {@code pgq:}, by batch or by event; starting it counts too. */
record RouteReader(boolean batching) implements ConsumeBenchmark.Reader {

    @Override
    public long count(Database database) throws Exception {
        var counted = new AtomicLong();
        var done = new CountDownLatch(1);
        var expected = Long.parseLong(database.value("select count(*) from pgq.event_1"));
        var main = new Main();
        main.bind("database", database.dataSource());
        main.configure().addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + ConsumeBenchmark.QUEUE + "?consumerName=" + ConsumeBenchmark.CONSUMER + "&batching="
                                + batching)
                        .process(exchange -> {
                            long count = exchange.getMessage().getBody() instanceof PgqBatch batch ? size(batch) : 1;
                            if (counted.addAndGet(count) >= expected) {
                                done.countDown();
                            }
                        });
            }
        });
        main.start();
        try {
            done.await(10, TimeUnit.MINUTES);
        } finally {
            main.stop();
        }
        return counted.get();
    }

    private static long size(PgqBatch batch) {
        long count = 0;
        for (var event : batch) {
            count += event.type() == null ? 0 : 1;
        }
        return count;
    }
}
