package dev.londiste.examples.londiste.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/** One embedded PostgreSQL server with the schema of the shop, and a pool of connections to it. Thread-safe. */
final class ShopServer implements AutoCloseable {

    /** The tables of the shop, in the order in which people think of them. */
    static final List<String> TABLES = List.of(
            "shop.customers",
            "shop.products",
            "shop.orders",
            "shop.order_lines",
            "shop.payments",
            "shop.giftCards",
            "shop.events");

    private static final int POOL_SIZE = 24;

    private final EmbeddedPostgres server;
    private final HikariDataSource pool;

    private ShopServer(EmbeddedPostgres server, HikariDataSource pool) {
        this.server = server;
        this.pool = pool;
    }

    /** Starts a server and creates the empty shop on it. */
    static ShopServer start(String name) throws IOException, SQLException {
        var server = EmbeddedPostgres.builder()
                .setPGStartupWait(Duration.ofMinutes(1))
                .start();
        var config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(server.getPostgresDatabase());
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(0);
        var shop = new ShopServer(server, new HikariDataSource(config));
        shop.execute(Resource.text("schema.sql"));
        return shop;
    }

    /** Fills the shop with this many rows in all. */
    void fill(int rows) throws SQLException {
        execute("set demo.rows = " + rows + ";\n" + Resource.text("fill.sql"));
    }

    /** Runs any number of statements in one implicit transaction. */
    void execute(String sql) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    DataSource dataSource() {
        return pool;
    }

    int port() {
        return server.getPort();
    }

    /** What to type to look into this server. */
    String psql() {
        return "psql -h localhost -p " + port() + " -U postgres postgres";
    }

    @Override
    public void close() throws IOException {
        pool.close();
        server.close();
    }
}
