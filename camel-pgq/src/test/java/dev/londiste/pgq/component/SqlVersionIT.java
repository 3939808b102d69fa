package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.SqlScripts;
import dev.londiste.pgq.SqlVersion;
import dev.londiste.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Programs and SQL of different versions meet. */
@Timeout(60)
class SqlVersionIT {

    private static final SqlVersion OURS = SqlVersion.OURS;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private String queue;

    @BeforeEach
    void create(TestInfo test) {
        queue = test.getTestMethod().orElseThrow().getName();
        new PgqQueue(database.dataSource(), queue).create();
    }

    @AfterEach
    void installOurs() {
        setVersion(new SqlVersion(0, 0, 0));
        new SqlScripts(database.dataSource()).install("pgq");
    }

    @Test
    void sqlThatIsTooOldIsRefusedWithTheCommandToRun() {
        new SqlVersion(OURS.major(), OURS.minor() + 1, 0).requireIn(database.dataSource());
        assertThatThrownBy(() -> new SqlVersion(OURS.major(), OURS.minor() + 2, 0).requireIn(database.dataSource()))
                .hasMessageContaining("has version " + OURS + ", too old for this program")
                .hasMessageContaining("cat sql/pgq/*.sql | psql -1");
    }

    @Test
    void installUpgradesAndSaysSo() {
        setVersion(new SqlVersion(OURS.major(), OURS.minor() - 1, 9));
        try (var context = new PgqContext(database.dataSource()).start()) {
            var template = context.camel.createProducerTemplate();
            var install = "pgq:" + queue + "?operation=INSTALL";
            assertThat(rows(template.requestBody(install, (Object) null)))
                    .containsExactly(Map.of("schema", "pgq", "version", OURS.toString(), "changed", true));
            assertThat(rows(template.requestBody(install, (Object) null)))
                    .containsExactly(Map.of("schema", "pgq", "version", OURS.toString(), "changed", false));
        }
    }

    @Test
    void newerSqlIsNeitherReplacedNorRefusedUntilItIsTwoAhead() throws Exception {
        setVersion(new SqlVersion(OURS.major(), OURS.minor() + 1, 0));
        try (var context = new PgqContext(database.dataSource())
                .collect("pgq:" + queue + "?consumerName=c&autoInstall=true")
                .start()) {
            context.camel.createProducerTemplate().sendBody("pgq:" + queue, "text");
            context.awaitSeen(1);
        }
        assertThat(database.<String>value("select pgq_client.version()")).isEqualTo("0.2.0");

        setVersion(new SqlVersion(OURS.major(), OURS.minor() + 2, 0));
        try (var context = new PgqContext(database.dataSource())) {
            assertThatThrownBy(() ->
                            context.collect("pgq:" + queue + "?consumerName=c").start())
                    .hasStackTraceContaining("upgrade the program");
        }
        try (var context = new PgqContext(database.dataSource()).start()) {
            var template = context.camel.createProducerTemplate();
            assertThatThrownBy(() -> template.sendBody("pgq:" + queue + "?operation=STATUS", null))
                    .hasStackTraceContaining("upgrade the program");
        }
    }

    @Test
    void aDatabaseThatKnowsNothingOfVersionsIsRefusedWithTheCommandToRun() throws Exception {
        database.execute("drop function pgq_client.version()");
        try (var context = new PgqContext(database.dataSource())) {
            assertThatThrownBy(() ->
                            context.collect("pgq:" + queue + "?consumerName=c").start())
                    .hasStackTraceContaining("PgQ is not installed in this database, or older than this program needs")
                    .hasStackTraceContaining("cat sql/pgq/*.sql | psql -1");
        } finally {
            new SqlScripts(database.dataSource()).install("pgq");
        }
    }

    private static void setVersion(SqlVersion version) {
        database.execute("create or replace function pgq_client.version() returns text language sql immutable as"
                + " 'select ''" + version + "''::text'");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Object body) {
        return (List<Map<String, Object>>) body;
    }
}
