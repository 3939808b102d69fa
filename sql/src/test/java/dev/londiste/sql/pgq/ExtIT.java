package dev.londiste.sql.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.londiste.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Positions kept on a target database, schema pgq_ext. */
@Timeout(60)
class ExtIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    @Test
    void aBatchIsDoneOnce() {
        assertThat(is("is_batch_done('c', 1)")).isFalse();
        assertThat(is("set_batch_done('c', 1)")).isTrue();
        assertThat(is("set_batch_done('c', 1)")).isFalse();
        assertThat(is("is_batch_done('c', 1)")).isTrue();
        assertThat(is("is_batch_done('c', 'sub', 1)")).as("another subconsumer").isFalse();
        assertThat(is("set_batch_done('c', 2)")).isTrue();
        assertThat(is("is_batch_done('c', 1)")).as("only the last one is known").isFalse();
    }

    @Test
    void anEventIsDoneOnceAndForgottenWithItsBatch() {
        assertThat(is("is_event_done('c', 1, 10)")).isFalse();
        assertThat(is("set_event_done('c', 1, 10)")).isTrue();
        assertThat(is("set_event_done('c', 1, 10)")).isFalse();
        assertThat(is("set_event_done('c', 1, 11)")).isTrue();
        assertThat(is("is_event_done('c', 1, 10)")).isTrue();
        assertThat(is("set_event_done('c', 2, 20)")).isTrue();
        assertThat(database.<Long>value("select count(*) from pgq_ext.completed_event where consumer_id = 'c'"))
                .isEqualTo(1);
    }

    @Test
    void theLastTickIsKeptUntilItIsForgotten() {
        assertThat(database.<Long>value("select pgq_ext.get_last_tick('c')")).isNull();
        database.<Integer>value("select pgq_ext.set_last_tick('c', 5)");
        database.<Integer>value("select pgq_ext.set_last_tick('c', 6)");
        assertThat(database.<Long>value("select pgq_ext.get_last_tick('c')")).isEqualTo(6);
        database.<Integer>value("select pgq_ext.set_last_tick('c', null)");
        assertThat(database.<Long>value("select pgq_ext.get_last_tick('c')")).isNull();
    }

    private static boolean is(String call) {
        return database.<Boolean>value("select pgq_ext." + call);
    }
}
