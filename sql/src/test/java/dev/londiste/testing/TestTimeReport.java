package dev.londiste.testing;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Prints what a module's tests cost: one line a JVM, with the slowest classes. */
public final class TestTimeReport implements TestExecutionListener {

    private final Map<String, Long> startedAt = new HashMap<>();
    private final Map<String, Long> millisByClass = new HashMap<>();
    private final AtomicInteger tests = new AtomicInteger();
    private long planStarted;

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        planStarted = System.nanoTime();
    }

    @Override
    public synchronized void executionStarted(TestIdentifier test) {
        startedAt.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            tests.incrementAndGet();
        }
        test.getSource().filter(ClassSource.class::isInstance).ifPresent(source -> {
            var name = ((ClassSource) source).getClassName();
            var millis = (System.nanoTime() - startedAt.get(test.getUniqueId())) / 1_000_000;
            millisByClass.merge(name.substring(name.lastIndexOf('.') + 1), millis, Math::max);
        });
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        if (tests.get() == 0) {
            return;
        }
        var slowest = millisByClass.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(3)
                .map(entry -> "%s %.1f s".formatted(entry.getKey(), entry.getValue() / 1000.0))
                .toList();
        System.out.printf(
                "[TIME] %s: %d tests in %.1f s; slowest: %s%n",
                System.getProperty("londiste.module", "tests"),
                tests.get(),
                (System.nanoTime() - planStarted) / 1e9,
                String.join(", ", slowest));
    }
}
