package dev.londiste.pgq.component;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** Consume and insert events of PgQ, the transactional queue inside PostgreSQL. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "pgq",
        title = "PgQ",
        syntax = "pgq:queue",
        category = {Category.DATABASE, Category.MESSAGING})
public class PgqEndpoint extends DefaultEndpoint {

    @UriPath(description = "Name of the queue")
    @Metadata(required = true)
    private String queue;

    public PgqEndpoint(String uri, PgqComponent component, String queue) {
        super(uri, component);
        this.queue = queue;
    }

    public String getQueue() {
        return queue;
    }

    /** Name of the queue. */
    public void setQueue(String queue) {
        this.queue = queue;
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
