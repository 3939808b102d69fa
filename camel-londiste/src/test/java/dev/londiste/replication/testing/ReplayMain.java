package dev.londiste.replication.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** A replay in a process of its own, as a Camel route: {@code provider-url subscriber-url user password queue job}. */
public final class ReplayMain {

    private ReplayMain() {}

    public static void main(String[] arguments) throws Exception {
        var context = new DefaultCamelContext();
        context.getRegistry().bind("provider", pool(arguments[0], arguments[2], arguments[3]));
        context.getRegistry().bind("subscriber", pool(arguments[1], arguments[2], arguments[3]));
        var queue = arguments[4];
        var job = arguments[5];
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("pgq:" + queue + "?dataSource=#provider&batching=true&retryDelay=500&consumerName=" + job)
                        .to("londiste:" + job + "?provider=#provider&subscriber=#subscriber&queue=" + queue);
            }
        });
        context.start();
        Thread.currentThread().join();
    }

    private static HikariDataSource pool(String url, String user, String password) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }
}
