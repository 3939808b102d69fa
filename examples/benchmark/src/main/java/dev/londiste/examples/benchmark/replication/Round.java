package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import dev.londiste.examples.benchmark.server.Servers;
import dev.londiste.examples.benchmark.workload.Workload;
import java.sql.SQLException;

/** Two fresh databases with the tables of a workload and one replication between them. */
public final class Round implements AutoCloseable {

    private final Database provider;
    private final Database subscriber;
    private final Replication replication;

    private final Workload workload;

    private Round(Workload workload, Database provider, Database subscriber, Replication replication) {
        this.workload = workload;
        this.provider = provider;
        this.subscriber = subscriber;
        this.replication = replication;
    }

    public static Round of(Servers servers, Workload workload, Replication.Maker way) throws Exception {
        var provider = servers.provider();
        var subscriber = servers.subscriber();
        provider.execute(workload.schema());
        subscriber.execute(workload.schema());
        var replication = way.between(provider, subscriber);
        replication.install(workload.tables());
        return new Round(workload, provider, subscriber, replication);
    }

    public Database provider() {
        return provider;
    }

    public Database subscriber() {
        return subscriber;
    }

    public Replication replication() {
        return replication;
    }

    /** Fails unless both sides have the same rows: a contestant that is fast and wrong does not count. */
    public void verify() throws SQLException {
        for (var table : workload.tables()) {
            var query = "select count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from "
                    + table + " t";
            var expected = provider.value(query);
            var actual = subscriber.value(query);
            if (!expected.equals(actual)) {
                throw new IllegalStateException("The subscriber's " + table + " differs: " + expected + " / " + actual);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (provider;
                subscriber;
                replication) {
            // in reverse order, whatever happens to one
        }
    }
}
