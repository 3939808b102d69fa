package dev.londiste.examples.londiste.cli;

import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.examples.londiste.config.JobSettings;
import dev.londiste.examples.londiste.config.TickerSettings;
import dev.londiste.examples.londiste.routes.CamelRoutes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Routes with the pools that they work on. Closing it ends both. */
final class Session implements AutoCloseable {

    private static final int SMALLEST_POOL = 6;
    private static final int POOL_PER_COPY = 4;

    private final List<HikariDataSource> pools;
    private final CamelRoutes routes;

    private Session(List<HikariDataSource> pools, CamelRoutes routes) {
        this.pools = pools;
        this.routes = routes;
    }

    /** Routes of a replication job. */
    static Session of(JobSettings settings, Map<String, String> camel, String... routes) throws Exception {
        int size = SMALLEST_POOL + POOL_PER_COPY * settings.parallelCopies();
        var provider = settings.provider().pool("provider_db", size);
        var subscriber = settings.subscriber().pool("subscriber_db", size);
        var properties = new HashMap<>(camel);
        properties.put("londiste.job", settings.job());
        properties.put("londiste.queue", settings.queue());
        properties.put("londiste.consumer", settings.consumer());
        properties.put("camel.component.londiste.lockTimeout", millis(settings.lockTimeout()));
        properties.put("camel.component.londiste.parallelCopies", String.valueOf(settings.parallelCopies()));
        settings.loopDelay().ifPresent(delay -> properties.put("londiste.delay", millis(delay)));
        settings.mirrorQueue().ifPresent(queue -> properties.put("camel.component.londiste.mirrorQueue", queue));
        settings.fetchSize().ifPresent(rows -> properties.put("londiste.fetchSize", rows.toString()));
        return start(
                List.of(routes),
                Map.of("provider", provider, "subscriber", subscriber),
                properties,
                List.of(provider, subscriber));
    }

    /** Routes of one database's queues. */
    static Session of(TickerSettings settings, Map<String, String> names, Map<String, String> camel, String... routes)
            throws Exception {
        var database = settings.database().pool("db", SMALLEST_POOL);
        var properties = new HashMap<>(camel);
        properties.putAll(names);
        properties.put("pgq.loopDelay", millis(settings.loopDelay()));
        properties.put("pgq.maintenanceDelay", millis(settings.maintenanceDelay()));
        return start(List.of(routes), Map.of("provider", database), properties, List.of(database));
    }

    private static Session start(
            List<String> routes,
            Map<String, Object> beans,
            Map<String, String> properties,
            List<HikariDataSource> pools)
            throws Exception {
        try {
            return new Session(pools, CamelRoutes.start(routes, beans, properties));
        } catch (Exception e) {
            pools.forEach(HikariDataSource::close);
            throw e;
        }
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }

    List<Map<String, Object>> ask(Request request) {
        return routes.ask(request.door(), request.headers(), request.body());
    }

    CamelRoutes routes() {
        return routes;
    }

    @Override
    public void close() {
        routes.close();
        pools.forEach(HikariDataSource::close);
    }
}
