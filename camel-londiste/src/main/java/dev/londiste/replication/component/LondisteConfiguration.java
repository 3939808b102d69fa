package dev.londiste.replication.component;

import dev.londiste.replication.copy.CopyOptions;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of the component and its endpoints. Not thread-safe; each endpoint has a copy of its own. */
@UriParams
public class LondisteConfiguration implements Cloneable {

    @UriParam(description = "The database whose tables are replicated. An operation asks for it only if it needs it")
    private DataSource provider;

    @UriParam(description = "The database that gets the tables. An operation asks for it only if it needs it")
    private DataSource subscriber;

    @UriParam(description = "Name of the queue on the provider")
    private String queue;

    @UriParam(
            description =
                    "Name of the job's consumer on the queue, and of its position on the subscriber. Defaults to the"
                            + " name of the job")
    private String consumerName;

    @UriParam(
            defaultValue = "APPLY",
            description = "What to do with an exchange, unless the header CamelLondisteOperation says")
    private LondisteOperation operation = LondisteOperation.APPLY;

    @UriParam(defaultValue = "2", description = "APPLY: how many tables are copied at the same time")
    private int parallelCopies = CopyOptions.DEFAULT.parallelCopies();

    @UriParam(defaultValue = "2", description = "APPLY: how many ranges of one big table are copied at the same time")
    private int parallelRanges = CopyOptions.DEFAULT.parallelRanges();

    @UriParam(
            defaultValue = "16",
            description =
                    "APPLY: about how many megabytes of a table make one range of its copy. A smaller table than four of"
                            + " them is copied in one piece")
    private int copyRangeSize = CopyOptions.RANGE_MEGABYTES;

    @UriParam(
            defaultValue = "0",
            description = "APPLY: how many rows a second all copies together bring at most; 0 is no limit")
    private int copyRate;

    @UriParam(
            defaultValue = "10s",
            javaType = "java.time.Duration",
            description =
                    "How long an operation waits for a lock that someone else holds, as milliseconds or as 10s; at least"
                            + " 1 ms. COMPARE and REPAIR hold the provider's lock no longer either: the replay must catch"
                            + " up in that time")
    private Duration lockTimeout = Duration.ofSeconds(10);

    @UriParam(
            description =
                    "Names of tables or sequences, comma-separated, globs allowed, the schema defaulting to public,"
                            + " unless the header CamelLondisteTables names them")
    private String tables;

    @UriParam(
            description = "REPAIR: directory for files fix.schema.table.sql with the statements that fix each table;"
                    + " without it the result has the first 1000 statements of each only")
    private String fixDirectory;

    @UriParam(
            defaultValue = "0",
            javaType = "java.time.Duration",
            description =
                    "WAIT_SYNC, SWITCH_OVER: how long to wait until all is applied, as milliseconds or as 30s or 5m; 0"
                            + " means for ever. SWITCH_OVER denies writes meanwhile, and when the time is over")
    private Duration timeout = Duration.ZERO;

    @UriParam(description = "Read arguments from the body: a Map with names as of the options, or names of tables")
    private boolean argumentsFromBody;

    @UriParam(
            description =
                    "APPLY: name of a queue on the subscriber that gets every event and every tick of the queue, so that the"
                            + " subscriber is a provider to others")
    private String mirrorQueue;

    @UriParam(
            label = "advanced",
            description =
                    "APPLY: whether the route may filter or transform changes of tables that were copied, or of a mirrorQueue,"
                            + " which then has what reaches APPLY. Without it a batch of which only a part reaches APPLY is"
                            + " refused, unless all tables were added with expectSync and there is no mirrorQueue")
    private boolean routeTransforms;

    @UriParam(
            prefix = "argument.",
            multiValue = true,
            javaType = "java.util.Map<java.lang.String, java.lang.Object>",
            description = "Arguments of the operation, by the names of the headers CamelLondiste...:"
                    + " argument.expectSync=true is what the header CamelLondisteExpectSync is")
    private Map<String, Object> arguments = Map.of();

    public LondisteConfiguration copy() {
        try {
            return (LondisteConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }

    public DataSource getProvider() {
        return provider;
    }

    public void setProvider(DataSource provider) {
        this.provider = provider;
    }

    public DataSource getSubscriber() {
        return subscriber;
    }

    public void setSubscriber(DataSource subscriber) {
        this.subscriber = subscriber;
    }

    public String getQueue() {
        return queue;
    }

    public void setQueue(String queue) {
        this.queue = queue;
    }

    public String getConsumerName() {
        return consumerName;
    }

    public void setConsumerName(String consumerName) {
        this.consumerName = consumerName;
    }

    public LondisteOperation getOperation() {
        return operation;
    }

    public void setOperation(LondisteOperation operation) {
        this.operation = operation;
    }

    public int getParallelCopies() {
        return parallelCopies;
    }

    public void setParallelCopies(int parallelCopies) {
        this.parallelCopies = parallelCopies;
    }

    public int getParallelRanges() {
        return parallelRanges;
    }

    public void setParallelRanges(int parallelRanges) {
        this.parallelRanges = parallelRanges;
    }

    public int getCopyRangeSize() {
        return copyRangeSize;
    }

    public void setCopyRangeSize(int copyRangeSize) {
        this.copyRangeSize = copyRangeSize;
    }

    public int getCopyRate() {
        return copyRate;
    }

    public void setCopyRate(int copyRate) {
        this.copyRate = copyRate;
    }

    CopyOptions copyOptions() {
        return new CopyOptions(parallelCopies, parallelRanges, (long) copyRangeSize << 20, copyRate);
    }

    public Duration getLockTimeout() {
        return lockTimeout;
    }

    public void setLockTimeout(Duration lockTimeout) {
        this.lockTimeout = lockTimeout;
    }

    public String getTables() {
        return tables;
    }

    public void setTables(String tables) {
        this.tables = tables;
    }

    public String getFixDirectory() {
        return fixDirectory;
    }

    public void setFixDirectory(String fixDirectory) {
        this.fixDirectory = fixDirectory;
    }

    public Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    public boolean isArgumentsFromBody() {
        return argumentsFromBody;
    }

    public void setArgumentsFromBody(boolean argumentsFromBody) {
        this.argumentsFromBody = argumentsFromBody;
    }

    public Map<String, Object> getArguments() {
        return arguments;
    }

    public void setArguments(Map<String, Object> arguments) {
        this.arguments = arguments;
    }

    public String getMirrorQueue() {
        return mirrorQueue;
    }

    public void setMirrorQueue(String mirrorQueue) {
        this.mirrorQueue = mirrorQueue;
    }

    public boolean isRouteTransforms() {
        return routeTransforms;
    }

    public void setRouteTransforms(boolean routeTransforms) {
        this.routeTransforms = routeTransforms;
    }
}
