package dev.londiste.replication.component;

import dev.londiste.replication.sync.Job;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Replicate tables between PostgreSQL databases, and administer the replication. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "londiste",
        title = "Londiste",
        syntax = "londiste:jobName",
        producerOnly = true,
        category = {Category.DATABASE, Category.MESSAGING},
        headersClass = LondisteConstants.class)
public class LondisteEndpoint extends DefaultEndpoint implements EndpointServiceLocation {

    @UriPath(description = "Name of the job")
    @Metadata(required = true)
    private String jobName;

    @UriParam
    private LondisteConfiguration configuration;

    public LondisteEndpoint(
            String uri, LondisteComponent component, String jobName, LondisteConfiguration configuration) {
        super(uri, component);
        this.jobName = jobName;
        this.configuration = configuration;
    }

    public String getJobName() {
        return jobName;
    }

    /** Name of the job. */
    public void setJobName(String jobName) {
        this.jobName = jobName;
    }

    public LondisteConfiguration getConfiguration() {
        return configuration;
    }

    /** Options of this endpoint. */
    public void setConfiguration(LondisteConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public Producer createProducer() {
        return new LondisteProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "londiste: is for producers only; a replay reads its queue with pgq: and ends in londiste:");
    }

    LondisteComponent component() {
        return (LondisteComponent) getComponent();
    }

    String consumerName() {
        return configuration.getConsumerName() == null ? jobName : configuration.getConsumerName();
    }

    /** The job, once an operation's needs are known to be met. */
    Job job() {
        return new Job(
                jobName,
                configuration.getQueue(),
                consumerName(),
                component().watched(configuration.getProvider()),
                component().watched(configuration.getSubscriber()),
                configuration.getLockTimeout());
    }

    @Override
    public String getServiceUrl() {
        return "londiste:" + jobName + (configuration.getQueue() == null ? "" : "/" + configuration.getQueue());
    }

    @Override
    public String getServiceProtocol() {
        return "postgresql";
    }
}
