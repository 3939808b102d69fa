package dev.londiste.replication.component;

import dev.londiste.replication.component.RunningJobs.RunningJob;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.annotations.DevConsole;
import org.apache.camel.support.console.AbstractDevConsole;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Shows what the replays of this context are doing. */
@DevConsole(name = "londiste", displayName = "Londiste", description = "Replays of Londiste jobs")
public class LondisteDevConsole extends AbstractDevConsole {

    public LondisteDevConsole() {
        super("londiste", "londiste", "Londiste", "Replays of Londiste jobs");
    }

    @Override
    protected String doCallText(Map<String, Object> options) {
        var text = new StringBuilder();
        for (var running : jobs()) {
            var job = running.replay().job();
            var figures = running.replay().statistics().snapshot();
            text.append(String.format(
                    "%s: queue %s, consumer %s, %s, %d events in %d batches, %.1f events/s, tables %s, parked %s%s%n",
                    job.name(),
                    job.queue(),
                    job.consumer(),
                    figures.role(),
                    figures.events(),
                    figures.batches(),
                    figures.eventsPerSecond(),
                    figures.tablesByState(),
                    figures.parked(),
                    figures.lastError() == null ? "" : ", " + figures.lastError()));
        }
        return text.toString();
    }

    @Override
    protected Map<String, Object> doCallJson(Map<String, Object> options) {
        var all = new JsonArray();
        for (var running : jobs()) {
            var job = running.replay().job();
            var one = new JsonObject();
            one.put("job", job.name());
            one.put("queue", job.queue());
            one.put("consumer", job.consumer());
            one.putAll(running.figures());
            all.add(one);
        }
        var root = new JsonObject();
        root.put("jobs", all);
        return root;
    }

    private List<RunningJob> jobs() {
        var context = getCamelContext();
        return context.getComponentNames().stream()
                .map(name -> context.hasComponent(name))
                .filter(LondisteComponent.class::isInstance)
                .flatMap(component -> ((LondisteComponent) component).runningJobs().all().stream())
                .toList();
    }
}
