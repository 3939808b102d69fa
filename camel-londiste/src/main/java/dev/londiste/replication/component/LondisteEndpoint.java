package dev.londiste.replication.component;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Replicate tables between PostgreSQL databases, and administer the replication. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "londiste",
        title = "Londiste",
        syntax = "londiste:jobName",
        category = {Category.DATABASE, Category.MESSAGING})
public class LondisteEndpoint extends DefaultEndpoint {

    @UriPath(description = "Name of the job")
    @Metadata(required = true)
    private String jobName;

    public LondisteEndpoint(String uri, LondisteComponent component, String jobName) {
        super(uri, component);
        this.jobName = jobName;
    }

    public String getJobName() {
        return jobName;
    }

    /** Name of the job. */
    public void setJobName(String jobName) {
        this.jobName = jobName;
    }

    @Override
    public Producer createProducer() {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new IllegalStateException("not yet");
    }
}
