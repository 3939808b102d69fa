package dev.londiste.pgq.component;

import dev.londiste.pgq.component.consume.Provider;
import java.sql.SQLException;
import java.util.Map;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.ScheduledPollEndpoint;

/** Consume and insert events of PgQ, the transactional queue inside PostgreSQL. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "pgq",
        title = "PgQ",
        syntax = "pgq:queue",
        category = {Category.DATABASE, Category.MESSAGING},
        headersClass = PgqConstants.class)
public class PgqEndpoint extends ScheduledPollEndpoint implements EndpointServiceLocation {

    @UriPath(description = "Name of the queue")
    @Metadata(required = true)
    private String queue;

    @UriParam
    private PgqConfiguration configuration;

    @UriParam(
            defaultValue = "0",
            javaType = "java.time.Duration",
            label = "consumer,scheduler",
            description = "Wait before the first poll.")
    private long initialDelay;

    @UriParam(
            defaultValue = "100",
            javaType = "java.time.Duration",
            label = "consumer,scheduler",
            description = "Wait before the next poll, when the last one found nothing.")
    private long delay = 100;

    @UriParam(
            defaultValue = "true",
            label = "consumer,scheduler",
            description = "Poll again at once after a poll that found a batch.")
    private boolean greedy = true;

    @UriParam(
            label = "advanced",
            defaultValue = "true",
            description = "Show the address of the database, without secrets, as the location of this endpoint.")
    private boolean serviceLocationEnabled = true;

    private String serviceUrl;

    public PgqEndpoint(String uri, PgqComponent component, String queue, PgqConfiguration configuration) {
        super(uri, component);
        this.queue = queue;
        this.configuration = configuration;
        setInitialDelay(initialDelay);
        setDelay(delay);
        setGreedy(greedy);
    }

    @Override
    public PgqComponent getComponent() {
        return (PgqComponent) super.getComponent();
    }

    @Override
    public Producer createProducer() {
        requireDataSource();
        return new PgqProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        requireDataSource();
        if (configuration.getConsumerName() == null) {
            throw new IllegalArgumentException("Option consumerName is required to consume from queue " + queue
                    + ": pgq:" + queue + "?consumerName=..., the name under which the database keeps the position");
        }
        var consumer = new PgqConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    /** Refused: pollEnrich would take exchanges out of a batch and acknowledge them before they are used. */
    @Override
    public PollingConsumer createPollingConsumer() {
        throw new UnsupportedOperationException("pollEnrich and ConsumerTemplate cannot read queue " + queue
                + ", they would lose events: consume it by a route of its own, from(\"pgq:" + queue + "\")");
    }

    private void requireDataSource() {
        if (configuration.getDataSource() == null) {
            throw new IllegalArgumentException("No DataSource for queue " + queue
                    + ": bind exactly one in the registry, or name it by dataSource=#name");
        }
    }

    Provider provider() {
        return getComponent().provider(configuration.getDataSource());
    }

    /** Asked of the database once: Camel may ask often. */
    @Override
    public synchronized String getServiceUrl() {
        if (serviceUrl == null && serviceLocationEnabled && configuration.getDataSource() != null) {
            try (var connection = configuration.getDataSource().getConnection()) {
                var url = connection.getMetaData().getURL();
                int secrets = url.indexOf('?');
                serviceUrl = secrets < 0 ? url : url.substring(0, secrets);
            } catch (SQLException e) {
                return null;
            }
        }
        return serviceUrl;
    }

    @Override
    public String getServiceProtocol() {
        return "jdbc";
    }

    @Override
    public Map<String, String> getServiceMetadata() {
        return configuration.getConsumerName() == null
                ? Map.of("queue", queue)
                : Map.of("queue", queue, "consumer", configuration.getConsumerName());
    }

    public String getQueue() {
        return queue;
    }

    /** Name of the queue. */
    public void setQueue(String queue) {
        this.queue = queue;
    }

    public PgqConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(PgqConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public final void setInitialDelay(long initialDelay) {
        this.initialDelay = initialDelay;
        super.setInitialDelay(initialDelay);
    }

    @Override
    public final void setDelay(long delay) {
        this.delay = delay;
        super.setDelay(delay);
    }

    @Override
    public final void setGreedy(boolean greedy) {
        this.greedy = greedy;
        super.setGreedy(greedy);
    }

    public boolean isServiceLocationEnabled() {
        return serviceLocationEnabled;
    }

    public void setServiceLocationEnabled(boolean serviceLocationEnabled) {
        this.serviceLocationEnabled = serviceLocationEnabled;
    }
}
