package dev.londiste.examples.benchmark;

import java.sql.SQLException;

/** Two fresh databases with the table {@code t} and one replication between them. */
final class Round implements AutoCloseable {

    private final Database provider;
    private final Database subscriber;
    private final Replication replication;

    private Round(Database provider, Database subscriber, Replication replication) {
        this.provider = provider;
        this.subscriber = subscriber;
        this.replication = replication;
    }

    static Round of(Servers servers, Replication.Maker way) throws Exception {
        var provider = servers.provider();
        var subscriber = servers.subscriber();
        provider.execute(Workloads.TABLE);
        subscriber.execute(Workloads.TABLE);
        var replication = way.between(provider, subscriber);
        replication.install();
        return new Round(provider, subscriber, replication);
    }

    Database provider() {
        return provider;
    }

    Database subscriber() {
        return subscriber;
    }

    Replication replication() {
        return replication;
    }

    /** Fails unless both sides have the same rows: a contestant that is fast and wrong does not count. */
    void verify() throws SQLException {
        var query = "select count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from t";
        var expected = provider.value(query);
        var actual = subscriber.value(query);
        if (!expected.equals(actual)) {
            throw new IllegalStateException("The subscriber differs: " + expected + " / " + actual);
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
