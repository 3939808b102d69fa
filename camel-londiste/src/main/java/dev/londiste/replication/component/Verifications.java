package dev.londiste.replication.component;

import dev.londiste.replication.sync.Job;
import dev.londiste.replication.verify.JobComparison;
import dev.londiste.replication.verify.JobRepair;
import dev.londiste.replication.verify.RepairOptions;
import dev.londiste.replication.verify.SyncWait;
import dev.londiste.replication.verify.VerificationListener;
import dev.londiste.replication.verify.VerificationProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/** COMPARE, REPAIR and WAIT_SYNC of a component, and how far those are that run now. Thread-safe. */
final class Verifications {

    private final Map<Object, VerificationProgress> running = new ConcurrentHashMap<>();

    List<Map<String, Object>> compare(LondisteEndpoint endpoint, Arguments arguments) {
        if (arguments.compareSql() != null && arguments.checksum()) {
            throw arguments.refused("compareSql and checksum are two ways to compare: leave out one of them");
        }
        return run(
                endpoint, run -> compare(new JobComparison(endpoint.job(), run.executor(), run.listener()), arguments));
    }

    private static List<Map<String, Object>> compare(JobComparison comparison, Arguments arguments) {
        var query = arguments.compareSql();
        return query == null
                ? comparison.compare(arguments.tables(), arguments.checksum(), arguments.force())
                : comparison.compareBy(query, arguments.tables(), arguments.force());
    }

    List<Map<String, Object>> repair(LondisteEndpoint endpoint, Arguments arguments) {
        var directory = endpoint.getConfiguration().getFixDirectory();
        var options =
                new RepairOptions(arguments.apply(), directory == null ? null : Path.of(directory), arguments.force());
        return run(
                endpoint,
                run -> new JobRepair(endpoint.job(), run.executor(), run.listener())
                        .repair(arguments.tables(), options));
    }

    List<Map<String, Object>> waitSync(LondisteEndpoint endpoint, Arguments arguments) {
        return new SyncWait(endpoint.job(), progress -> {}).await(arguments.tables(), arguments.timeout());
    }

    /** What runs for a job now. */
    List<Map<String, Object>> running(Job job) {
        return running.values().stream()
                .filter(progress -> progress.job().equals(job.name()))
                .map(VerificationProgress::asRow)
                .toList();
    }

    private List<Map<String, Object>> run(LondisteEndpoint endpoint, Function<Run, List<Map<String, Object>>> work) {
        var id = new Object();
        var executors = endpoint.getCamelContext().getExecutorServiceManager();
        var executor = executors.newSingleThreadExecutor(this, "londiste-verify-" + endpoint.getJobName());
        try {
            return work.apply(new Run(executor, progress -> running.put(id, progress)));
        } finally {
            running.remove(id);
            executors.shutdownNow(executor);
        }
    }

    private record Run(ExecutorService executor, VerificationListener listener) {}
}
