package dev.londiste.replication.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.londiste.pgq.PgqException;
import dev.londiste.replication.sync.Job;
import dev.londiste.testing.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class PoolSizeIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.empty();

    private final HikariDataSource pool = pool();
    private final PoolSize size = new PoolSize();

    private static HikariDataSource pool() {
        var config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(4);
        config.setConnectionTimeout(250);
        return new HikariDataSource(config);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aJobThatStartsAgainDoesNotAskAgainAndAnotherOneDoes() throws SQLException {
        size.require(job("one"), 4);
        try (var busy = pool.getConnection()) {
            size.require(job("one"), 4);
            assertThatThrownBy(() -> size.require(job("two"), 4))
                    .isInstanceOf(PgqException.class)
                    .hasMessageContaining("the pool gives only 3");
            assertThat(busy.isClosed()).isFalse();
        }
    }

    @Test
    void aJobThatNeedsMoreThanBeforeAsks() {
        size.require(job("one"), 4);
        assertThatThrownBy(() -> size.require(job("one"), 5)).hasMessageContaining("the pool gives only 4");
    }

    private Job job(String name) {
        return new Job(name, "q", name, pool, pool, Duration.ofSeconds(5));
    }
}
