package dev.londiste.examples.benchmark.micro;

import dev.londiste.replication.apply.bulk.BulkInsert;
import dev.londiste.replication.apply.net.NetRow;
import dev.londiste.replication.apply.net.NetTable;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From the rows of a full chunk to the bytes that COPY takes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(CapturedEvents.COUNT)
public class CopyRowsBenchmark {

    private final NetTable narrow = TargetOfBenchmark.net(TargetOfBenchmark.changes(CapturedEvents.inserts()));
    private final NetTable wide = TargetOfBenchmark.net(TargetOfBenchmark.changes(CapturedEvents.wideInserts()));

    @Benchmark
    public void fiveColumns(Blackhole sink) throws SQLException {
        write(narrow, sink);
    }

    @Benchmark
    public void sixtyColumns(Blackhole sink) throws SQLException {
        write(wide, sink);
    }

    private static void write(NetTable table, Blackhole sink) throws SQLException {
        var rows = table.inserts().stream().map(NetRow::row).iterator();
        new BulkInsert(statement -> new CopyToNowhere(sink), table.mapping()).insert(rows);
    }
}
