package dev.londiste.replication.component;

import dev.londiste.pgq.jdbc.WatchedDataSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.PropertiesHelper;

/** The {@code londiste:} component. */
@Component("londiste")
public class LondisteComponent extends DefaultComponent {

    @Metadata(description = "Options that serve all endpoints, unless the endpoint says otherwise")
    private LondisteConfiguration configuration = new LondisteConfiguration();

    private final RunningJobs runningJobs = new RunningJobs();
    private final Verifications verifications = new Verifications();
    private final Map<DataSource, DataSource> watched = new HashMap<>();
    private ScheduledExecutorService watchers;

    public LondisteConfiguration getConfiguration() {
        return configuration;
    }

    /** Options that serve all endpoints. */
    public void setConfiguration(LondisteConfiguration configuration) {
        this.configuration = configuration;
    }

    Verifications verifications() {
        return verifications;
    }

    RunningJobs runningJobs() {
        return runningJobs;
    }

    /** The same database, with connections that notice a dead peer whatever they do (C17, C41). */
    synchronized DataSource watched(DataSource database) {
        if (database == null) {
            return null;
        }
        if (watchers == null) {
            watchers = getCamelContext()
                    .getExecutorServiceManager()
                    .newSingleThreadScheduledExecutor(this, "londiste-watch");
        }
        return watched.computeIfAbsent(database, given -> new WatchedDataSource(given, watchers));
    }

    @Override
    protected synchronized void doShutdown() throws Exception {
        super.doShutdown();
        watched.clear();
        if (watchers != null) {
            getCamelContext().getExecutorServiceManager().shutdownNow(watchers);
            watchers = null;
        }
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        if (remaining == null || remaining.isBlank()) {
            throw new IllegalArgumentException("A londiste endpoint needs the name of a job, as in londiste:myJob");
        }
        var endpoint = new LondisteEndpoint(uri, this, remaining, configuration.copy());
        var arguments = new LinkedHashMap<>(configuration.getArguments());
        arguments.putAll(PropertiesHelper.extractProperties(parameters, "argument."));
        endpoint.getConfiguration().setArguments(arguments);
        resolveBean(parameters, "provider");
        resolveBean(parameters, "subscriber");
        setProperties(endpoint, parameters);
        endpoint.getConfiguration()
                .getArguments()
                .keySet()
                .forEach(name -> ArgumentValues.requireKnown(
                        name, endpoint.getConfiguration().getQueue()));
        return endpoint;
    }

    /** A bare bean name means that bean, as #name does. */
    private void resolveBean(Map<String, Object> parameters, String name) {
        if (parameters.get(name) instanceof String text && !text.isEmpty() && !text.startsWith("#")) {
            parameters.put(name, "#" + text);
        }
    }
}
