package dev.londiste.pgq.component;

import dev.londiste.pgq.component.consume.Provider;
import java.util.IdentityHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.jdbc.ConnectionStrategy;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.HealthCheckComponent;

/** The {@code pgq:} component. What consumers of one database share lives here. Thread-safe once started. */
@Component("pgq")
public class PgqComponent extends HealthCheckComponent {

    private final IdentityHashMap<DataSource, Provider> providers = new IdentityHashMap<>();

    @Metadata(description = "Options that all endpoints begin with")
    private PgqConfiguration configuration = new PgqConfiguration();

    @Metadata(autowired = true, description = "The database of endpoints that name none")
    private DataSource dataSource;

    @Metadata(
            autowired = true,
            label = "producer,advanced",
            description = "How endpoints that name no strategy obtain connections for INSERT_EVENT")
    private ConnectionStrategy connectionStrategy;

    public PgqComponent() {
        this(null);
    }

    public PgqComponent(CamelContext context) {
        super(context);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        var own = configuration.copy();
        if (own.getDataSource() == null) {
            own.setDataSource(dataSource);
        }
        if (own.getConnectionStrategy() == null) {
            own.setConnectionStrategy(connectionStrategy);
        }
        var endpoint = new PgqEndpoint(uri, this, remaining, own);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    Provider provider(DataSource database) {
        synchronized (providers) {
            return providers.computeIfAbsent(database, found -> new Provider(getCamelContext(), found));
        }
    }

    @Override
    protected void doStop() throws Exception {
        synchronized (providers) {
            providers.values().forEach(Provider::close);
            providers.clear();
        }
        super.doStop();
    }

    public PgqConfiguration getConfiguration() {
        return configuration;
    }

    public void setConfiguration(PgqConfiguration configuration) {
        this.configuration = configuration;
    }

    public DataSource getDataSource() {
        return dataSource;
    }

    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public ConnectionStrategy getConnectionStrategy() {
        return connectionStrategy;
    }

    public void setConnectionStrategy(ConnectionStrategy connectionStrategy) {
        this.connectionStrategy = connectionStrategy;
    }
}
