package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqQueue;
import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class RolesIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @BeforeAll
    static void createRoles() {
        database.execute("""
                create role it_reader login password 'reader' in role pgq_reader;
                create role it_writer login password 'writer' in role pgq_writer;
                """);
        new PgqQueue(database.dataSource(), "q").create();
    }

    @AfterAll
    static void dropRoles() {
        database.execute("drop role it_reader; drop role it_writer");
    }

    @Test
    void readerConsumesWhatWriterInserts() throws Exception {
        try (var reader = new PgqContext(database.dataSource("it_reader", "reader"))
                        .collect("pgq:q?consumerName=c")
                        .start();
                var writer = new PgqContext(database.dataSource("it_writer", "writer")).start()) {
            writer.camel.createProducerTemplate().sendBody("pgq:q", "from the writer");
            reader.awaitSeen(1);
            assertThat(reader.seen).containsExactly("from the writer");
        }
    }

    @Test
    void neitherDoesTheWorkOfTheOther() throws Exception {
        try (var writer = new PgqContext(database.dataSource("it_writer", "writer"))) {
            assertThatThrownBy(() -> writer.collect("pgq:q?consumerName=w").start())
                    .hasStackTraceContaining("Consumer w of queue q: permission denied");
        }
        try (var reader = new PgqContext(database.dataSource("it_reader", "reader")).start()) {
            assertThatThrownBy(() -> reader.camel.createProducerTemplate().sendBody("pgq:q", "forged"))
                    .hasStackTraceContaining("permission denied");
        }
    }
}
