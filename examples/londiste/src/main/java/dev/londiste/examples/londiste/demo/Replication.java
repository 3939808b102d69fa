package dev.londiste.examples.londiste.demo;

import dev.londiste.examples.londiste.routes.CamelRoutes;
import dev.londiste.pgq.component.PgqConstants;
import dev.londiste.pgq.component.PgqOperation;
import dev.londiste.replication.component.LondisteConstants;
import dev.londiste.replication.component.LondisteOperation;
import java.util.List;
import java.util.Map;

/** The shop replicated by routes: the administration of both sides and the replay. Used by one thread. */
final class Replication implements AutoCloseable {

    private static final Map<String, String> NAMES =
            Map.of("londiste.queue", "shop", "londiste.job", "replica", "londiste.consumer", "replica");
    private static final String ADMIN = "direct:admin";
    private static final String QUEUE = "direct:queue";
    private static final String STATUS = "direct:status";

    private final CamelRoutes provider;
    private final CamelRoutes replay;

    private Replication(CamelRoutes provider, CamelRoutes replay) {
        this.provider = provider;
        this.replay = replay;
    }

    /** Installs both sides and starts to replay, no table yet. */
    static Replication start(ShopServer provider, ShopServer subscriber) throws Exception {
        var admin = routes(List.of("provider", "admin", "queue"), provider, subscriber);
        try {
            admin.ask(ADMIN, operation(LondisteOperation.PROVIDER_INSTALL));
            admin.ask(ADMIN, operation(LondisteOperation.SUBSCRIBER_INSTALL));
            return new Replication(admin, routes(List.of("replay"), provider, subscriber));
        } catch (Exception e) {
            admin.close();
            throw e;
        }
    }

    private static CamelRoutes routes(List<String> names, ShopServer provider, ShopServer subscriber) throws Exception {
        return CamelRoutes.start(
                names, Map.of("provider", provider.dataSource(), "subscriber", subscriber.dataSource()), NAMES);
    }

    private static Map<String, Object> operation(LondisteOperation operation) {
        return Map.of(LondisteConstants.OPERATION, operation);
    }

    /** Registers tables on both sides; their copies start by themselves. */
    void add(List<String> tables) {
        for (var operation : List.of(LondisteOperation.PROVIDER_ADD, LondisteOperation.SUBSCRIBER_ADD)) {
            provider.ask(ADMIN, Map.of(LondisteConstants.OPERATION, operation, LondisteConstants.TABLES, tables));
        }
    }

    /** Ticks now, and answers the tick's number: when replay has reached it, everything before is applied. */
    long tick() {
        var row = provider.ask(QUEUE, Map.of(PgqConstants.OPERATION, PgqOperation.FORCE_TICK))
                .get(0);
        return ((Number) row.get("tick_id")).longValue();
    }

    /** How the replay is doing. */
    ReplayStatus status() {
        return ReplayStatus.of(
                replay.ask(STATUS, operation(LondisteOperation.STATUS)).get(0));
    }

    @Override
    public void close() {
        try (provider) {
            replay.close();
        }
    }
}
