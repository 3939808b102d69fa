package dev.londiste.examples.benchmark.micro;

import dev.londiste.pgq.Event;
import dev.londiste.pgq.change.ChangeDecoder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From the text of an event to a change with the values of a row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(CapturedEvents.COUNT)
public class DecodeBenchmark {

    private final ChangeDecoder decoder = new ChangeDecoder();
    private final List<Event> narrow = CapturedEvents.inserts();
    private final List<Event> records = CapturedEvents.insertsWithRecord();
    private final List<Event> wide = CapturedEvents.wideInserts();
    private final List<Event> urlEncoded = CapturedEvents.urlEncoded();

    @Benchmark
    public void fiveColumns(Blackhole sink) {
        decode(narrow, sink);
    }

    @Benchmark
    public void fiveColumnsWithRecordText(Blackhole sink) {
        decode(records, sink);
    }

    @Benchmark
    public void sixtyColumns(Blackhole sink) {
        decode(wide, sink);
    }

    @Benchmark
    public void urlEncodedAsByPgq(Blackhole sink) {
        decode(urlEncoded, sink);
    }

    private void decode(List<Event> events, Blackhole sink) {
        for (var event : events) {
            sink.consume(decoder.decode(event));
        }
    }
}
