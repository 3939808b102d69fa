package dev.londiste.pgq.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.BatchParticipant;
import dev.londiste.pgq.LostPositionException;
import dev.londiste.pgq.NewEvent;
import dev.londiste.pgq.PgqConsumerClient;
import dev.londiste.pgq.PgqException.Facts;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.Tick;
import dev.londiste.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ParticipantsIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private DataSource provider;
    private PgqQueue queue;
    private PgqContext context;
    private String uri;
    private final Recorder participant = new Recorder();

    @BeforeEach
    void createQueue(TestInfo test) {
        provider = database.pool(8);
        var name = test.getTestMethod().orElseThrow().getName();
        queue = new PgqQueue(provider, name);
        queue.create();
        uri = "pgq:" + name + "?consumerName=c&retryDelay=50";
        context = new PgqContext(provider);
        PgqParticipants.of(context.camel).register(provider, name, "c", participant);
    }

    @AfterEach
    void stop() {
        context.close();
    }

    @Test
    void C21_participantsAreCalledAlthoughEveryEventIsFiltered() throws Exception {
        context.collect(uri + "&tables=no.such").start();
        await().until(() -> participant.calls.contains("idle"));
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();

        await().until(() -> participant.calls.contains("commit"));
        assertThat(context.seen).isEmpty();
        assertThat(participant.calls.subList(participant.calls.indexOf("begin"), participant.calls.indexOf("commit")))
                .containsOnly("begin");
    }

    @Test
    void C21_participantsAreCalledWithWholeBatchesOfEmptyContentToo() throws Exception {
        context.collect(uri + "&batching=true").start();
        queue.forceTick();
        await().until(() -> participant.calls.contains("commit"));
        assertThat(context.seen).isEmpty();
    }

    @Test
    void failedBatchIsRolledBackAndBeginsAnew() throws Exception {
        var failures = new AtomicInteger(1);
        context.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).process(exchange -> {
                    var body = exchange.getMessage().getBody(String.class);
                    participant.calls.add(body);
                    if (body.equals("1") && failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("not now");
                    }
                });
            }
        });
        context.start();
        queue.insert(List.of(new NewEvent("a", "0"), new NewEvent("a", "1")));
        queue.forceTick();

        await().untilAsserted(() -> assertThat(participant.calls)
                .containsSubsequence("begin", "0", "1", "rollback", "begin", "0", "1", "commit"));
    }

    @Test
    void appliedBatchIsFinishedWithoutExchanges() throws Exception {
        participant.stance = BatchParticipant.Stance.ALREADY_APPLIED;
        context.collect(uri).start();
        queue.insert(new NewEvent("a", "1"));
        long tick = queue.forceTick();

        await().untilAsserted(
                        () -> assertThat((Long) consumer().info().orElseThrow().get("last_tick"))
                                .isGreaterThanOrEqualTo(tick));
        assertThat(context.seen).isEmpty();
        assertThat(participant.calls).doesNotContain("commit", "rollback");
    }

    @Test
    void standingByLeavesTheBatchOpen() throws Exception {
        participant.stance = BatchParticipant.Stance.STANDING_BY;
        context.collect(uri).start();
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();

        await().until(() -> Collections.frequency(participant.calls, "begin") > 2);
        assertThat(consumer().info().orElseThrow().get("current_batch")).isNotNull();
        participant.stance = BatchParticipant.Stance.ACTIVE;
        context.awaitSeen(1);
        await().until(() -> participant.calls.contains("commit"));
    }

    @Test
    void failedCommitIsRolledBack() throws Exception {
        participant.failCommits.set(1);
        context.collect(uri).start();
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();

        context.awaitSeen(2);
        await().untilAsserted(() -> assertThat(participant.calls)
                .containsSubsequence("begin", "commit failed", "rollback", "begin", "commit"));
        assertThat(context.seen).containsExactly("1", "1");
    }

    @Test
    void C18_aLostRegistrationIsRenewedWhereTheParticipantStands() throws Exception {
        var position = queue.tick(queue.forceTick()).orElseThrow();
        queue.insert(new NewEvent("a", "after the position"));
        queue.forceTick();
        participant.position = Optional.of(position);

        context.collect(uri).start();

        context.awaitSeen(1);
        assertThat(context.seen).containsExactly("after the position");
    }

    @Test
    void C18_aLostPositionStopsTheStart() {
        participant.lost = true;
        assertThatThrownBy(() -> context.collect(uri).start())
                .hasStackTraceContaining("the tables say ok but the tick is gone")
                .isInstanceOf(LostPositionException.class);
        assertThat(consumer().info()).isEmpty();
    }

    @Test
    void C18_aRegistrationLostWhileRunningIsRenewedWhereTheConsumerStood() throws Exception {
        context.collect(uri).start();
        queue.insert(new NewEvent("a", "1"));
        context.awaitSeen(1);
        context.camel.getRouteController().suspendRoute("collect");
        participant.position = Optional.of(participant.last.tick());
        consumer().unregister();
        queue.insert(new NewEvent("a", "2"));
        queue.forceTick();
        context.camel.getRouteController().resumeRoute("collect");
        context.awaitSeen(2);
    }

    @Test
    void C18_aRegistrationLostWhileRunningIsRenewedAnywhereWhenTheParticipantHasForgottenItsPosition()
            throws Exception {
        context.collect(uri).start();
        queue.insert(new NewEvent("a", "1"));
        context.awaitSeen(1);
        context.camel.getRouteController().suspendRoute("collect");
        consumer().unregister();
        queue.insert(new NewEvent("a", "2"));
        queue.forceTick();
        context.camel.getRouteController().resumeRoute("collect");
        await().until(() -> consumer().info().isPresent());
        queue.insert(new NewEvent("a", "3"));
        context.awaitSeen(2);
        assertThat(context.seen).containsExactly("1", "3");
    }

    @Test
    void participantsNeedAbortBatch() {
        assertThatThrownBy(() -> context.collect(uri + "&onFailure=SKIP").start())
                .hasStackTraceContaining("it has participants, which need onFailure=ABORT_BATCH");
    }

    private PgqConsumerClient consumer() {
        return new PgqConsumerClient(provider, queue.name(), "c");
    }

    private static final class Recorder implements BatchParticipant {

        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger failCommits = new AtomicInteger();
        volatile Stance stance = Stance.ACTIVE;
        volatile Optional<Tick> position = Optional.empty();
        volatile boolean lost;
        volatile Batch last;
        private long routed;

        @Override
        public Optional<Tick> position() {
            if (lost) {
                throw new LostPositionException("the tables say ok but the tick is gone", Facts.NONE, null);
            }
            return position;
        }

        @Override
        public void idle() {
            calls.add("idle");
        }

        @Override
        public Stance begin(Batch batch) {
            calls.add("begin");
            last = batch;
            return stance;
        }

        @Override
        public void routed(Batch batch, OptionalLong events) {
            routed = events.orElse(-1);
        }

        @Override
        public void commit(Batch batch) {
            if (routed > 0 && failCommits.getAndDecrement() > 0) {
                calls.add("commit failed");
                throw new IllegalStateException("commit failed");
            }
            calls.add("commit");
        }

        @Override
        public void rollback(Batch batch, Throwable cause) {
            calls.add("rollback");
        }
    }
}
