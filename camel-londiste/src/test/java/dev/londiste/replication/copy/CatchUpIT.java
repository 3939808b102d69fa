package dev.londiste.replication.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.PgqException;
import dev.londiste.pgq.PgqQueue;
import dev.londiste.pgq.Tick;
import dev.londiste.pgq.jdbc.Jdbc;
import dev.londiste.replication.source.TableAppliers;
import dev.londiste.replication.sync.Job;
import dev.londiste.replication.sync.SubscriberTable;
import dev.londiste.replication.sync.TableState;
import dev.londiste.replication.sync.TableStates;
import dev.londiste.replication.testing.Gate;
import dev.londiste.replication.testing.Shop;
import dev.londiste.testing.TestDatabase;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A copy that has loaded its table, whose replay stands where the test puts it. */
@Timeout(120)
class CatchUpIT {

    private static final long FAR_AHEAD = 1_000_000;

    @RegisterExtension
    static final TestDatabase provider = TestDatabase.withLondiste();

    @RegisterExtension
    static final TestDatabase subscriber = TestDatabase.withLondiste();

    private final Shop shop = new Shop(provider, subscriber);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private Job job;
    private TableStates states;
    private Jdbc jdbc;
    /** The first is the one that the table was loaded at; a row is inserted before each of the others. */
    private List<Tick> ticks;

    @BeforeEach
    void prepare() {
        shop.create().onBoth("create table $s.t (id int primary key)").add("t");
        provider.rows("select pgq.set_queue_config(?, 'ticker_max_lag', '1 hour')", shop.queue());
        provider.rows("select pgq.set_queue_config(?, 'ticker_idle_period', '1 hour')", shop.queue());
        var queue = new PgqQueue(provider.dataSource(), shop.queue());
        ticks = IntStream.rangeClosed(0, 3)
                .mapToLong(
                        row -> (row == 0 ? shop : shop.onProvider("insert into $s.t values (" + row + ")")).forceTick())
                .mapToObj(id -> queue.tick(id).orElseThrow())
                .toList();
        job = shop.replay().job();
        states = new TableStates(job);
        jdbc = new Jdbc(job.subscriber());
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    private void replayStandsAt(long id, Tick tick) {
        subscriber.rows(
                "select londiste.start_position(?, ?, ?, ?::timestamptz, ?)",
                shop.job(),
                shop.queue(),
                id,
                tick.time().toString(),
                tick.snapshot().toString());
    }

    private SubscriberTable loaded() {
        return jdbc.inTransaction(session -> {
            var table = states.beginCopy(session, read("t"));
            return states.endLoad(session, table, ticks.get(0).snapshot(), ticks.get(0), 0, 0);
        });
    }

    /** The replay has the batch in hand that ends at the given tick. */
    private SubscriberTable askedFor(Tick end) {
        var table = loaded();
        return jdbc.inTransaction(session -> states.change(
                session,
                states.change(session, table, TableState.wannaSync(ticks.get(0).id())),
                TableState.doSync(end.id())));
    }

    private SubscriberTable read(String name) {
        return jdbc.inTransaction(states::all).stream()
                .filter(table -> table.name().equals(shop.table(name)))
                .findFirst()
                .orElseThrow();
    }

    private CopyJob copyJob() {
        return new CopyJob(job, CopyOptions.DEFAULT, new Throttle(0), new TableAppliers(job), executor);
    }

    private CatchUp catchUp(SubscriberTable table, OpenConnections connections) {
        return new CatchUp(copyJob(), new CopyConsumer(job, table), connections, table);
    }

    private List<Object> rows() {
        return shop.content(subscriber, "t").stream().map(row -> row.get("row")).toList();
    }

    /** As a process leaves it that died far behind, before the replay asked. */
    private void openBatch(SubscriberTable table, Tick from, Tick to) {
        provider.rows("select pgq.register_consumer_at(?, ?, ?)", shop.queue(), job.copyConsumer(table), from.id());
        provider.rows(
                "update pgq.subscription set sub_batch = nextval('pgq.batch_id_seq'), sub_next_tick = ? where sub_consumer"
                        + " = (select co_id from pgq.consumer where co_name = ?) returning 1",
                to.id(),
                job.copyConsumer(table));
    }

    @Test
    void C24_aLongBatchThatGoesTooFarIsGivenUpForSingleTicks() {
        replayStandsAt(ticks.get(1).id(), ticks.get(1));
        var table = askedFor(ticks.get(2));
        openBatch(table, ticks.get(0), ticks.get(3));

        catchUp(table, new OpenConnections()).run();

        assertThat(shop.registration("t"))
                .containsEntry("state", "ok")
                .containsEntry("snapshot", ticks.get(1).snapshot().toString());
        assertThat(rows()).containsExactly("(1)");
    }

    @Test
    void C24_aReplayThatWaitsForACopyWhichFailsIsLetGo() {
        replayStandsAt(ticks.get(1).id(), ticks.get(1));
        shop.onSubscriber("alter table $s.t add check (id > 1)");
        var worker = new CopyWorker(copyJob(), askedFor(ticks.get(2)));

        assertThatThrownBy(worker::run).isInstanceOf(PgqException.class);

        assertThat(shop.state("t")).isEqualTo("catching-up");
    }

    @Test
    void C24_aTableThatTheReplayWaitsForNeedsNoFreePlace() {
        replayStandsAt(ticks.get(1).id(), ticks.get(1));
        var waitedFor = askedFor(ticks.get(2));
        shop.onBoth("create table $s.other (id int primary key)").add("other");
        var copies = new TableCopies(
                job, new TableAppliers(job), new CopyOptions(1, 1, 16 << 20, 0), executor, Clock.systemUTC());
        try (var gate = new Gate(
                subscriber,
                "londiste.subscriber_table",
                "new.table_name = '" + shop.table("other") + "' and new.merge_state = 'catching-up'")) {
            Shop.await().until(() -> {
                copies.supervise(List.of(read("other")));
                return gate.isWaitedFor();
            });
            copies.supervise(List.of(waitedFor, read("other")));
            Shop.await().until(() -> shop.state("t").equals("ok"));
            assertThat(copies.errors()).isEqualTo(Map.of());
            gate.killWaiting();
            copies.stop();
        }
    }

    /** Under load the replay is ahead of every copy, whenever that looks. */
    @Test
    void C25_aCopyThatLagsLessThanASecondAsksForTheHandOver() {
        replayStandsAt(FAR_AHEAD, ticks.get(3));
        var connections = new OpenConnections();
        var catchUp = catchUp(loaded(), connections);
        executor.execute(catchUp::run);

        Shop.await().until(() -> shop.state("t").startsWith("wanna-sync:"));

        connections.abort();
    }
}
