package dev.londiste.pgq.component;

import java.util.List;
import java.util.Map;
import org.apache.camel.spi.annotations.DevConsole;
import org.apache.camel.support.console.AbstractDevConsole;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Shows what the consumers of this context are doing. */
@DevConsole(name = "pgq", displayName = "PgQ", description = "Consumers of PgQ queues")
public class PgqDevConsole extends AbstractDevConsole {

    public PgqDevConsole() {
        super("londiste", "pgq", "PgQ", "Consumers of PgQ queues");
    }

    @Override
    protected String doCallText(Map<String, Object> options) {
        var text = new StringBuilder();
        for (var consumer : consumers()) {
            text.append(String.format(
                    "%s: queue %s, consumer %s, %s, batch %s since %.1f s, lag %.1f s, %d events in %d batches%n",
                    consumer.getRouteId(),
                    consumer.getQueue(),
                    consumer.getConsumerName(),
                    consumer.getRole(),
                    consumer.getBatchId(),
                    consumer.getBatchAgeSeconds(),
                    consumer.getLagSeconds(),
                    consumer.getEventCount(),
                    consumer.getBatchCount()));
        }
        return text.toString();
    }

    @Override
    protected Map<String, Object> doCallJson(Map<String, Object> options) {
        var all = new JsonArray();
        for (var consumer : consumers()) {
            var one = new JsonObject();
            one.put("routeId", consumer.getRouteId());
            one.put("queue", consumer.getQueue());
            one.put("consumer", consumer.getConsumerName());
            one.put("role", consumer.getRole());
            one.put("batchId", consumer.getBatchId());
            one.put("batchAgeSeconds", consumer.getBatchAgeSeconds());
            one.put("lagSeconds", consumer.getLagSeconds());
            one.put("events", consumer.getEventCount());
            one.put("batches", consumer.getBatchCount());
            one.put("failures", consumer.getFailureCount());
            one.put("lastFailure", consumer.getLastFailure());
            all.add(one);
        }
        var root = new JsonObject();
        root.put("consumers", all);
        return root;
    }

    private List<PgqConsumer> consumers() {
        return getCamelContext().getRoutes().stream()
                .map(route -> route.getConsumer())
                .filter(PgqConsumer.class::isInstance)
                .map(PgqConsumer.class::cast)
                .toList();
    }
}
