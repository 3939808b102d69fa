package dev.londiste.examples.benchmark.replication;

import dev.londiste.examples.benchmark.server.Database;
import java.sql.SQLException;
import java.util.List;

/**
 * This project as users run it, with tables whose changes it has to apply each on its own, strictly in order: they have a
 * trigger on the subscriber, which costs next to nothing, for its condition never holds.
 */
public final class InOrderReplication implements Replication {

    private static final String TRIGGER = """
            create trigger in_order before insert on %1$s for each row when (false)
                execute function suppress_redundant_updates_trigger();
            alter table %1$s enable always trigger in_order;
            """;

    private final Database subscriber;
    private final Replication londiste;

    public InOrderReplication(Database provider, Database subscriber) {
        this.subscriber = subscriber;
        this.londiste = new LondisteReplication(provider, subscriber);
    }

    @Override
    public void install(List<String> tables) throws Exception {
        londiste.install(tables);
        for (var table : tables) {
            subscriber.execute(TRIGGER.formatted(table));
        }
    }

    @Override
    public void addTables() throws Exception {
        londiste.addTables();
    }

    @Override
    public void pause() throws Exception {
        londiste.pause();
    }

    @Override
    public void resume() throws Exception {
        londiste.resume();
    }

    @Override
    public void close() throws SQLException {
        londiste.close();
    }
}
