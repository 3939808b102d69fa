package dev.londiste.examples.benchmark.micro;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.component.BodyType;
import dev.londiste.pgq.component.route.EventBody;
import dev.londiste.pgq.component.route.EventExchange;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** From an event to a filled exchange, with all its headers; it is routed nowhere. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(CapturedEvents.COUNT)
public class ExchangeBenchmark {

    private static final Tick TICK =
            new Tick(1, Instant.parse("2026-01-01T12:00:00Z"), TxidSnapshot.parse("5000:5000:"));
    private static final Batch BATCH = new Batch("benchmark", "counter", 1, TICK, TICK, 0, CapturedEvents.COUNT);

    private final List<Event> events = CapturedEvents.inserts();
    private final EventExchange text = new EventExchange(EventBody.of(BodyType.TEXT));
    private final EventExchange row = new EventExchange(EventBody.of(BodyType.ROW));
    private DefaultCamelContext context;
    private DefaultConsumer consumer;

    @Setup
    public void start() {
        context = new DefaultCamelContext();
        context.start();
        consumer = new DefaultConsumer(context.getEndpoint("direct:nowhere"), exchange -> {});
        consumer.start();
    }

    @TearDown
    public void stop() throws IOException {
        consumer.stop();
        context.close();
    }

    @Benchmark
    public void textBody(Blackhole sink) {
        fill(text, sink);
    }

    @Benchmark
    public void rowBody(Blackhole sink) {
        fill(row, sink);
    }

    private void fill(EventExchange filler, Blackhole sink) {
        for (int i = 0; i < events.size(); i++) {
            var exchange = consumer.createExchange(false);
            filler.fill(exchange, BATCH, events, i);
            sink.consume(exchange);
            consumer.releaseExchange(exchange, false);
        }
    }
}
