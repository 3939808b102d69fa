package dev.londiste.examples.benchmark.micro;

import dev.londiste.pgq.change.Change;
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

/** From the changes of a full chunk to what is left to delete, to update and to insert. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(CapturedEvents.COUNT)
public class NetChangesBenchmark {

    private final List<Change> inserts = TargetOfBenchmark.changes(CapturedEvents.inserts());
    private final List<Change> mixed = TargetOfBenchmark.changes(CapturedEvents.mixed());
    private final List<Change> hotKeys = TargetOfBenchmark.changes(CapturedEvents.hotKeys());

    @Benchmark
    public void inserts(Blackhole sink) {
        net(inserts, sink);
    }

    @Benchmark
    public void mixed(Blackhole sink) {
        net(mixed, sink);
    }

    @Benchmark
    public void hotKeys(Blackhole sink) {
        net(hotKeys, sink);
    }

    private static void net(List<Change> changes, Blackhole sink) {
        var net = TargetOfBenchmark.net(changes);
        sink.consume(net.deletes());
        sink.consume(net.updates());
        sink.consume(net.inserts());
    }
}
