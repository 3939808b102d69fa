package dev.londiste.pgq.component;

import java.time.Duration;
import javax.sql.DataSource;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.jdbc.ConnectionStrategy;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of the component and its endpoints. Not thread-safe; each endpoint has a copy of its own. */
@UriParams
public class PgqConfiguration implements Cloneable {

    @UriParam(description = "The database that has the queue")
    @Metadata(autowired = true)
    private DataSource dataSource;

    @UriParam(description = "Name of the consumer, under which the database keeps its position. Required for consumers")
    private String consumerName;

    @UriParam(
            label = "consumer",
            description =
                    "An exchange per batch, whose body iterates over the events, instead of an exchange per event")
    private boolean batching;

    @UriParam(
            label = "consumer",
            defaultValue = "5000",
            description = "Rows read from the server at once, at most; fewer when they are large")
    private int fetchSize = 5000;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description = "Register the consumer if it is not registered, at the last tick: it gets what comes later")
    private boolean register = true;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description =
                    "Let only one process at a time consume as this consumer: the others stand by and take over. The"
                            + " lock belongs to a session, so it needs a direct connection or a pool in session mode")
    private boolean exclusive = true;

    @UriParam(
            label = "consumer",
            description = "Name of this worker among several that share the batches of the consumer")
    private String subconsumer;

    @UriParam(
            label = "consumer",
            defaultValue = "5m",
            javaType = "java.time.Duration",
            description = "A worker that is silent for so long loses its batch to another")
    private Duration deadInterval = Duration.ofMinutes(5);

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description = "Tick and maintain the queue while polling, so that no other ticker is needed")
    private boolean ticker = true;

    @UriParam(
            label = "consumer",
            defaultValue = "true",
            description =
                    "Be woken by each tick through LISTEN; polling goes on beside it. It needs a direct connection or a"
                            + " pool in session mode")
    private boolean notify = true;

    @UriParam(
            label = "consumer",
            description = "Install or upgrade the PgQ SQL at start. The role must own the database")
    private boolean autoInstall;

    @UriParam(label = "consumer", description = "Create the queue at start if it does not exist")
    private boolean autoCreateQueue;

    @UriParam(
            label = "consumer",
            defaultValue = "ABORT_BATCH",
            description = "What to do when an exchange has failed and the error handler is done with it")
    private OnFailure onFailure = OnFailure.ABORT_BATCH;

    @UriParam(
            label = "consumer",
            defaultValue = "10s",
            javaType = "java.time.Duration",
            description =
                    "Wait before a failed batch or event comes again; grows up to 5 minutes while it goes on failing")
    private Duration retryDelay = Duration.ofSeconds(10);

    @UriParam(
            label = "consumer",
            defaultValue = "10",
            description = "How often RETRY_EVENT retries an event before it goes to the failed queue")
    private int maxRetries = 10;

    @UriParam(
            label = "consumer",
            defaultValue = "1",
            description =
                    "How many exchanges may be routed side by side; the order is kept per table and key, or per first"
                            + " extra field")
    private int maxInFlight = 1;

    @UriParam(label = "consumer", defaultValue = "TEXT", description = "What the body of an exchange per event is")
    private BodyType bodyType = BodyType.TEXT;

    @UriParam(
            label = "consumer",
            description = "Read only tables that match one of these globs, comma-separated: schema.table")
    private String tables;

    @UriParam(label = "consumer", description = "Read only event types that match one of these globs, comma-separated")
    private String eventTypes;

    @UriParam(
            label = "consumer,advanced",
            description =
                    "Read only events that this SQL condition over ev_id, ev_time, ev_type, ev_data, ev_extra1..4 lets"
                            + " pass. Never make it from data")
    private String filter;

    @UriParam(
            label = "consumer,advanced",
            javaType = "java.time.Duration",
            description = "Read only batches that are at least so old")
    private Duration minLag;

    @UriParam(
            label = "consumer,advanced",
            description = "Join ticks until a batch has so many events, within minInterval")
    private Integer minCount;

    @UriParam(
            label = "consumer,advanced",
            javaType = "java.time.Duration",
            description = "Join ticks until a batch spans so much time")
    private Duration minInterval;

    @UriParam(
            label = "consumer",
            javaType = "java.time.Duration",
            description = "Not ready in health checks while events in hand, or an unanswered poll, are older than this")
    private Duration lagThreshold;

    @UriParam(label = "producer", defaultValue = "INSERT_EVENT", description = "What to do with an exchange")
    private PgqOperation operation = PgqOperation.INSERT_EVENT;

    @UriParam(
            label = "producer",
            description = "Type of the inserted events, unless the header CamelPgqEventType names it")
    private String eventType;

    @UriParam(label = "producer", description = "First extra field of the inserted events, unless a header sets it")
    private String extra1;

    @UriParam(label = "producer", description = "Second extra field of the inserted events, unless a header sets it")
    private String extra2;

    @UriParam(label = "producer", description = "Third extra field of the inserted events, unless a header sets it")
    private String extra3;

    @UriParam(label = "producer", description = "Fourth extra field of the inserted events, unless a header sets it")
    private String extra4;

    @UriParam(
            label = "producer",
            description =
                    "Headers that travel with the event, comma-separated, as JSON in its fourth extra field; they come"
                            + " back in CamelPgqEventHeaders. The header traceparent always does")
    private String carryHeaders;

    @UriParam(
            label = "producer,advanced",
            description =
                    "How connections for INSERT_EVENT are obtained, to take part in transactions of Spring or JTA. A"
                            + " transactional connection is never committed, rolled back or closed by the component")
    @Metadata(autowired = true)
    private ConnectionStrategy connectionStrategy;

    public PgqConfiguration copy() {
        try {
            return (PgqConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public String getConsumerName() {
        return consumerName;
    }

    public void setConsumerName(String consumerName) {
        this.consumerName = consumerName;
    }

    public boolean isBatching() {
        return batching;
    }

    public void setBatching(boolean batching) {
        this.batching = batching;
    }

    public int getFetchSize() {
        return fetchSize;
    }

    public void setFetchSize(int fetchSize) {
        this.fetchSize = fetchSize;
    }

    public boolean isRegister() {
        return register;
    }

    public void setRegister(boolean register) {
        this.register = register;
    }

    public boolean isExclusive() {
        return exclusive;
    }

    public void setExclusive(boolean exclusive) {
        this.exclusive = exclusive;
    }

    public boolean isTicker() {
        return ticker;
    }

    public void setTicker(boolean ticker) {
        this.ticker = ticker;
    }

    public boolean isAutoInstall() {
        return autoInstall;
    }

    public void setAutoInstall(boolean autoInstall) {
        this.autoInstall = autoInstall;
    }

    public boolean isAutoCreateQueue() {
        return autoCreateQueue;
    }

    public void setAutoCreateQueue(boolean autoCreateQueue) {
        this.autoCreateQueue = autoCreateQueue;
    }

    public OnFailure getOnFailure() {
        return onFailure;
    }

    public void setOnFailure(OnFailure onFailure) {
        this.onFailure = onFailure;
    }

    public Duration getRetryDelay() {
        return retryDelay;
    }

    public void setRetryDelay(Duration retryDelay) {
        this.retryDelay = retryDelay;
    }

    public String getTables() {
        return tables;
    }

    public void setTables(String tables) {
        this.tables = tables;
    }

    public String getEventTypes() {
        return eventTypes;
    }

    public void setEventTypes(String eventTypes) {
        this.eventTypes = eventTypes;
    }

    public String getFilter() {
        return filter;
    }

    public void setFilter(String filter) {
        this.filter = filter;
    }

    public Duration getMinLag() {
        return minLag;
    }

    public void setMinLag(Duration minLag) {
        this.minLag = minLag;
    }

    public Integer getMinCount() {
        return minCount;
    }

    public void setMinCount(Integer minCount) {
        this.minCount = minCount;
    }

    public Duration getMinInterval() {
        return minInterval;
    }

    public void setMinInterval(Duration minInterval) {
        this.minInterval = minInterval;
    }

    public PgqOperation getOperation() {
        return operation;
    }

    public void setOperation(PgqOperation operation) {
        this.operation = operation;
    }

    public String getEventType() {
        return eventType;
    }

    public void setEventType(String eventType) {
        this.eventType = eventType;
    }

    public String getExtra1() {
        return extra1;
    }

    public void setExtra1(String extra1) {
        this.extra1 = extra1;
    }

    public String getExtra2() {
        return extra2;
    }

    public void setExtra2(String extra2) {
        this.extra2 = extra2;
    }

    public String getExtra3() {
        return extra3;
    }

    public void setExtra3(String extra3) {
        this.extra3 = extra3;
    }

    public String getExtra4() {
        return extra4;
    }

    public void setExtra4(String extra4) {
        this.extra4 = extra4;
    }

    public ConnectionStrategy getConnectionStrategy() {
        return connectionStrategy;
    }

    public void setConnectionStrategy(ConnectionStrategy connectionStrategy) {
        this.connectionStrategy = connectionStrategy;
    }

    public int getMaxRetries() {
        return maxRetries;
    }

    public void setMaxRetries(int maxRetries) {
        this.maxRetries = maxRetries;
    }

    public BodyType getBodyType() {
        return bodyType;
    }

    public void setBodyType(BodyType bodyType) {
        this.bodyType = bodyType;
    }

    public boolean isNotify() {
        return notify;
    }

    public void setNotify(boolean notify) {
        this.notify = notify;
    }

    public Duration getLagThreshold() {
        return lagThreshold;
    }

    public void setLagThreshold(Duration lagThreshold) {
        this.lagThreshold = lagThreshold;
    }

    public String getCarryHeaders() {
        return carryHeaders;
    }

    public void setCarryHeaders(String carryHeaders) {
        this.carryHeaders = carryHeaders;
    }

    public int getMaxInFlight() {
        return maxInFlight;
    }

    public void setMaxInFlight(int maxInFlight) {
        this.maxInFlight = maxInFlight;
    }

    public String getSubconsumer() {
        return subconsumer;
    }

    public void setSubconsumer(String subconsumer) {
        this.subconsumer = subconsumer;
    }

    public Duration getDeadInterval() {
        return deadInterval;
    }

    public void setDeadInterval(Duration deadInterval) {
        this.deadInterval = deadInterval;
    }
}
