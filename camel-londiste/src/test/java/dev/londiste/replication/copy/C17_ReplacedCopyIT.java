package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.TxidSnapshot;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.replication.copy.CopyStream.Copied;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A worker that has been replaced does not know it yet, and takes its next step: on the subscriber that step fails, be the
 * table in the same state, under the same name. And whatever a worker does there stands still until it has ended.
 */
@Timeout(120)
class C17_ReplacedCopyIT {

    private static final TxidSnapshot SNAPSHOT = TxidSnapshot.parse("200:200:");
    private static final Tick TICK = new Tick(7, Instant.EPOCH, TxidSnapshot.parse("100:100:"));
    private static final Copied COPIED = new Copied(1, 1);

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final Shop shop = new Shop(provider, subscriber);
    private Job job;
    private TableStates states;
    private Jdbc jdbc;

    @BeforeEach
    void register() {
        shop.create().onBoth("create table $s.t (id int primary key)").add("t");
        job = shop.replay().job();
        states = new TableStates(job);
        jdbc = new Jdbc(job.subscriber());
        subscriber.rows("select londiste.start_position(?, ?, 7, now(), '100:100:')", shop.job(), shop.queue());
    }

    /** What a copy does to the registration of its table, and the state that it does it in. */
    private enum Step {
        BEGIN_COPY(At.NEW),
        BEGIN_ANOTHER_ATTEMPT(At.IN_COPY),
        END_LOAD(At.IN_COPY),
        DISCARD(At.IN_COPY),
        BEGIN_RANGES(At.IN_COPY),
        END_RANGE(At.IN_RANGES),
        END_RANGES(At.RANGES_LOADED),
        HOLD(At.CATCHING_UP),
        SETTLE(At.CATCHING_UP),
        WANT_SYNC(At.CATCHING_UP),
        HAND_OVER(At.DO_SYNC);

        private final At at;

        Step(At at) {
            this.at = at;
        }
    }

    private enum At {
        NEW,
        IN_COPY,
        IN_RANGES,
        RANGES_LOADED,
        CATCHING_UP,
        DO_SYNC
    }

    private void take(Step step, JdbcSession session, SubscriberTable table) {
        var ranges = new CopyRanges(job, table);
        switch (step) {
            case BEGIN_COPY, BEGIN_ANOTHER_ATTEMPT -> states.beginCopy(session, table);
            case END_LOAD -> states.endLoad(session, table, SNAPSHOT, TICK, 1, 1);
            case DISCARD -> ranges.discard(session);
            case BEGIN_RANGES ->
                ranges.begin(session, new CopyKey(List.of("id"), List.of("int4")), "shape", List.of(), TICK);
            case END_RANGE -> ranges.end(session, new KeyRange(1, null, null, null), SNAPSHOT, COPIED);
            case END_RANGES -> ranges.endAll(session, SNAPSHOT);
            case HOLD -> states.hold(session, table);
            case SETTLE -> ranges.settle(session);
            case WANT_SYNC -> states.change(session, table, TableState.wannaSync(7));
            case HAND_OVER -> states.handOver(session, table, TICK);
        }
    }

    private void take(Step step, SubscriberTable table) {
        jdbc.inTransaction(session -> {
            take(step, session, table);
            return null;
        });
    }

    private SubscriberTable read() {
        return jdbc.inTransaction(states::all).get(0);
    }

    /** The table, which is NEW, as its copy has brought it so far. */
    private SubscriberTable copied(At at) {
        if (at == At.NEW) {
            return read();
        }
        take(Step.BEGIN_COPY, read());
        steps(at).forEach(step -> take(step, read()));
        if (at == At.DO_SYNC) {
            take(Step.WANT_SYNC, read());
            jdbc.inTransaction(session -> states.change(session, read(), TableState.doSync(8)));
        }
        return read();
    }

    private static Stream<Step> steps(At at) {
        return switch (at) {
            case NEW, IN_COPY -> Stream.of();
            case IN_RANGES -> Stream.of(Step.BEGIN_RANGES);
            case RANGES_LOADED -> Stream.of(Step.BEGIN_RANGES, Step.END_RANGE);
            case CATCHING_UP, DO_SYNC -> Stream.of(Step.END_LOAD);
        };
    }

    @ParameterizedTest
    @EnumSource
    void noStepIsTakenForAnotherAttempt(Step step) {
        var replaced = copied(step.at);
        if (step.at == At.NEW) {
            take(Step.BEGIN_COPY, replaced);
        }
        assertThat(jdbc.<Boolean>inTransaction(session -> states.copyAnew(session, read())))
                .isTrue();

        assertReplaced(step, replaced);
    }

    @ParameterizedTest
    @EnumSource
    void noStepIsTakenForATableThatWasRemovedAndAddedAgain(Step step) {
        var replaced = copied(step.at);
        removeAndAdd();

        assertReplaced(step, replaced);
    }

    private void removeAndAdd() {
        subscriber.rows("select londiste.remove_subscriber_table(?, ?, ?)", shop.job(), shop.queue(), shop.table("t"));
        shop.addToSubscriber("t");
    }

    private void assertReplaced(Step step, SubscriberTable replaced) {
        var current = copied(step.at);
        assertThat(current.name()).isEqualTo(replaced.name());
        assertThat(current.state()).isEqualTo(replaced.state());

        assertThatThrownBy(() -> take(step, replaced))
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo("LD008"));
        take(step, current);
    }

    @Test
    void aReplacedWorkerThatHasLostItsPositionLeavesTheTableToTheOther() {
        var replaced = copied(At.CATCHING_UP);
        removeAndAdd();
        copied(At.CATCHING_UP);

        assertThat(jdbc.<Boolean>inTransaction(session -> states.copyAnew(session, replaced)))
                .isFalse();
        assertThat(shop.state("t")).isEqualTo("catching-up");
    }

    /** Those that are left out follow HOLD, in its transaction. */
    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"WANT_SYNC", "HAND_OVER"},
            mode = EnumSource.Mode.EXCLUDE)
    void untilAStepHasEndedTheReplayCommitsNothingAndNobodyRemovesTheTable(Step step) {
        var table = copied(step.at);
        jdbc.inTransaction(session -> {
            take(step, session, table);

            assertThat(isLocked("completed where consumer_id = ?", shop.job())).isTrue();
            assertThat(isLocked("subscriber_table where queue_name = ?", shop.queue()))
                    .isTrue();
            return null;
        });
        assertThat(isLocked("completed where consumer_id = ?", shop.job())).isFalse();
        assertThat(isLocked("subscriber_table where queue_name = ?", shop.queue()))
                .isFalse();
    }

    /** As who applies a batch, or deletes the row, would find it. */
    private static boolean isLocked(String row, String of) {
        return subscriber
                .rows("select from londiste." + row + " for update skip locked", of)
                .isEmpty();
    }
}
