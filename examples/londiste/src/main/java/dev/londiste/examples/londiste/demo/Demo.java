package dev.londiste.examples.londiste.demo;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Replicates a busy shop from one embedded PostgreSQL server to another, shows it live, and compares both sides at the
 * end.
 */
public final class Demo {

    private final DemoSettings settings;
    private final Screen screen;

    Demo(DemoSettings settings, Screen screen) {
        this.settings = settings;
        this.screen = screen;
    }

    /** Exit code 0: both sides are equal; 1: they differ, or something failed. */
    public static void main(String[] args) {
        var interruption = Interruption.register();
        int exitCode = run(interruption);
        if (!interruption.happened()) {
            System.exit(exitCode);
        }
    }

    /** The same for a process that ends by itself; answers the exit code. */
    public static int run() {
        return run(Interruption.register());
    }

    private static int run(Interruption interruption) {
        int exitCode = 1;
        try (var screen = Screen.open()) {
            exitCode = new Demo(DemoSettings.of(System.getProperties()), screen).replicate();
        } catch (Exception e) {
            if (!interruption.happened()) {
                System.err.println(e.getMessage() == null ? e : e.getMessage());
                System.err.println("More in " + System.getProperty("demo.log", "target/demo.log"));
            }
        }
        return exitCode;
    }

    /** Runs the whole demo and answers its exit code. */
    int replicate() throws Exception {
        screen.say("Starting two PostgreSQL servers ...");
        try (var provider = ShopServer.start("provider");
                var subscriber = ShopServer.start("subscriber")) {
            screen.say("Filling the provider's shop with %,d rows ...".formatted(settings.rows()));
            provider.fill(settings.rows());
            try (var replication = Replication.start(provider, subscriber)) {
                var equal = replicateTables(provider, subscriber, replication);
                if (settings.keep()) {
                    keep(provider, subscriber, replication);
                }
                return equal ? 0 : 1;
            }
        }
    }

    private boolean replicateTables(ShopServer provider, ShopServer subscriber, Replication replication)
            throws Exception {
        screen.say("Replicating %d tables, while customers go on ordering:\n".formatted(ShopServer.TABLES.size()));
        var observer = new Observer(replication, screen, settings.length());
        try (var workload = Workload.start(provider.dataSource(), settings.rate())) {
            replication.add(ShopServer.TABLES);
            observer.watch(workload);
        }
        var waited = observer.waitForLagZero();
        screen.say("\nThe workload is over, and the subscriber had everything %s later. Comparing ..."
                .formatted(ProgressText.millis(waited)));
        return compare(provider, subscriber);
    }

    private boolean compare(ShopServer provider, ShopServer subscriber) throws SQLException {
        if (settings.spoil()) {
            subscriber.execute("update shop.orders set note = 'spoilt' where id = (select max(id) from shop.orders)");
        }
        var comparison = Comparison.of(provider.dataSource(), subscriber.dataSource(), ShopServer.TABLES);
        screen.say("");
        comparison.report().forEach(screen::say);
        screen.say(comparison.equal() ? "\nBoth sides are equal." : "\nThe two sides DIFFER.");
        return comparison.equal();
    }

    private void keep(ShopServer provider, ShopServer subscriber, Replication replication) {
        screen.say("\nReplication goes on until Ctrl-C. Look at both sides:");
        screen.say("  provider    " + provider.psql());
        screen.say("  subscriber  " + subscriber.psql() + "\n");
        try (var workload = Workload.start(provider.dataSource(), settings.rate())) {
            new Observer(replication, screen, Duration.ZERO).watchForEver(workload);
        }
    }
}
