package dev.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.londiste.pgq.jdbc.JdbcSession;
import dev.londiste.pgq.read.BatchReader;
import dev.londiste.pgq.read.EventFilter;
import dev.londiste.pgq.read.EventPages.Hold;
import dev.londiste.pgq.read.FetchSize;
import dev.londiste.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class PgqClientIT {

    @RegisterExtension
    static final TestDatabase database = TestDatabase.withPgq();

    private PgqQueue queue;
    private PgqConsumerClient consumer;

    @BeforeEach
    void createQueue(TestInfo test) {
        var name = test.getTestMethod().orElseThrow().getName();
        queue = new PgqQueue(database.dataSource(), name);
        assertThat(queue.create()).isTrue();
        consumer = new PgqConsumerClient(database.dataSource(), name, "c");
        consumer.register();
    }

    @Test
    void newQueueTicksEvery50Milliseconds() {
        assertThat(queue.create()).isFalse();
        assertThat(queue.info()).containsEntry("queue_ticker_max_lag", 0.05);
    }

    @Test
    void eventsArriveInOrderInTheNextBatch() {
        var ids = queue.insert(List.of(
                new NewEvent("a", "1", "x1", "x2", "x3", "x4"), new NewEvent("b", null), new NewEvent(null, "3")));
        long tick = queue.forceTick();

        var batch = nextWithEvents();
        var events = read(batch, EventFilter.ALL, 0);

        assertThat(batch.tick().id()).isEqualTo(tick);
        assertThat(queue.tick(tick)).contains(batch.tick());
        assertThat(events).extracting(Event::id).isEqualTo(ids);
        assertThat(events).extracting(Event::data).containsExactly("1", null, "3");
        assertThat(events.get(0).extra4()).isEqualTo("x4");
        assertThat(events.get(0).time())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        consumer.finish(batch);
        assertThat(consumer.info()).hasValueSatisfying(info -> assertThat(info).containsEntry("last_tick", tick));
    }

    @Test
    void batchComesAgainUntilItIsFinished() {
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        var batch = nextWithEvents();

        assertThat(consumer.poll(PollOptions.DEFAULT)).contains(batch);
        consumer.finish(batch);
        // A poll on a slow machine may have made one more tick, with nothing before it.
        assertThat(consumer.poll(new PollOptions(false, null, null, null)).map(Batch::previous))
                .isIn(Optional.empty(), Optional.of(batch.tick()));
    }

    @Test
    void C16_finishingABatchThatIsNotOursIsAnError() {
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        var batch = nextWithEvents();
        consumer.finish(batch);

        assertThatThrownBy(() -> consumer.finish(batch)).isInstanceOfSatisfying(PgqException.class, e -> {
            assertThat(e.sqlState()).isEqualTo(SqlStates.BATCH_NOT_OWNED);
            assertThat(e.batchId()).isEqualTo(batch.id());
            assertThat(e.queue()).isEqualTo(queue.name());
            assertThat(e.consumer()).isEqualTo("c");
        });
    }

    @Test
    void C18_registeringAtATickNeedsThatVeryTick() {
        long id = queue.forceTick();
        var tick = queue.tick(id).orElseThrow();
        var other = new PgqConsumerClient(database.dataSource(), queue.name(), "other");

        assertThatThrownBy(() ->
                        other.register(Optional.of(new Tick(id, tick.time().plusMillis(1), tick.snapshot()))))
                .isInstanceOf(LostPositionException.class);
        assertThat(other.register(Optional.of(tick)).isNew()).isTrue();
        assertThat(other.register(Optional.of(tick))).isEqualTo(new PgqConsumerClient.Registration(false, tick));
    }

    @Test
    void unknownNamesAreNamed() {
        var nowhere = new PgqConsumerClient(database.dataSource(), "nowhere", "c");
        assertThatThrownBy(() -> nowhere.poll(PollOptions.DEFAULT))
                .hasMessageStartingWith("Queue nowhere does not exist")
                .isInstanceOfSatisfying(
                        PgqException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlStates.NO_SUCH_QUEUE));
        var nobody = new PgqConsumerClient(database.dataSource(), queue.name(), "nobody");
        assertThatThrownBy(() -> nobody.poll(PollOptions.DEFAULT))
                .hasMessageStartingWith("Consumer nobody of queue " + queue.name() + " is not registered");
        // The C extension's errors carry no code to know them by: its own sentence follows the name.
        assertThatThrownBy(() -> new PgqQueue(database.dataSource(), "nowhere").insert(new NewEvent("a", "1")))
                .hasMessageStartingWith("Queue nowhere");
    }

    @Test
    void filtersAreAppliedByTheServer() {
        queue.insert(List.of(
                new NewEvent("I:id", "1", "shop.orders", null, null, null),
                new NewEvent("U:id", "2", "shop.orders", null, null, null),
                new NewEvent("I:id", "3", "shop.orderXlines", null, null, null),
                new NewEvent("I:id", "4", "other.orders", null, null, null),
                new NewEvent("I:id", "5", "shop.order_lines", null, null, null)));
        queue.forceTick();
        var batch = nextWithEvents();

        assertThat(data(batch, new EventFilter(EventFilter.globs("shop.*"), List.of(), null)))
                .containsExactly("1", "2", "3", "5");
        assertThat(data(batch, new EventFilter(EventFilter.globs(" shop.order_lines, other.*"), List.of(), null)))
                .containsExactly("4", "5");
        assertThat(data(batch, new EventFilter(List.of(), EventFilter.globs("U*"), null)))
                .containsExactly("2");
        assertThat(data(
                        batch,
                        new EventFilter(EventFilter.globs("shop.*"), EventFilter.globs("I:??"), "ev_data > '1'")))
                .containsExactly("3", "5");
    }

    @Test
    void largeBatchIsReadPageByPageWithoutAnOpenTransaction() {
        queue.insert(IntStream.range(0, 2000)
                .mapToObj(i -> new NewEvent("a", "" + i))
                .toList());
        queue.forceTick();
        var batch = nextWithEvents();

        var pages = new ArrayList<Integer>();
        var data = new ArrayList<String>();
        try (var cursor = reader(EventFilter.ALL, 300).open(batch, Hold.WITHOUT_TRANSACTION, 10)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                pages.add(page.size());
                page.forEach(event -> data.add(event.data()));
                assertThat(database.<Long>value(
                                "select count(*) from pg_stat_activity where datname = current_database()"
                                        + " and state = 'idle in transaction'"))
                        .isZero();
            }
            assertThat(cursor.isExhausted()).isTrue();
        }
        assertThat(pages).containsExactly(300, 300, 300, 300, 300, 300, 190);
        assertThat(data)
                .isEqualTo(IntStream.range(10, 2000).mapToObj(i -> "" + i).toList());
    }

    @Test
    void manyEventsComeInTheOrderOfTheirIdsWhereverTheyAre() {
        database.execute("""
                insert into %1$s_0 (ev_id, ev_time, ev_data)
                select 100000 - i, now(), (100000 - i)::text from generate_series(1, 1000) i where i %% 3 <> 0;
                insert into %1$s_2 (ev_id, ev_time, ev_data)
                select 100000 - i, now(), (100000 - i)::text from generate_series(1, 1000) i where i %% 3 = 0;
                select setval(queue_event_seq::regclass, 100000) from pgq.queue where queue_name = '%2$s';
                -- as if it had rotated just now
                update pgq.queue set queue_switch_step2 = txid_current() where queue_name = '%2$s'
                """.formatted(
                database.<String>value("select queue_data_pfx from pgq.queue where queue_name = ?", queue.name()),
                queue.name()));
        queue.forceTick();
        var batch = nextWithEvents();

        for (var hold : Hold.values()) {
            var data = new ArrayList<String>();
            try (var cursor = reader(EventFilter.ALL, 300).open(batch, hold, 10)) {
                for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                    page.forEach(event -> data.add(event.id() + " " + event.data()));
                }
            }
            assertThat(data)
                    .isEqualTo(IntStream.range(99_010, 100_000)
                            .mapToObj(i -> i + " " + i)
                            .toList());
        }
    }

    @Test
    void C09_pagesOfLargeRowsAreSmall() {
        queue.insert(IntStream.range(0, 40)
                .mapToObj(i -> new NewEvent("a", "x".repeat(1 << 20)))
                .toList());
        queue.forceTick();
        var batch = nextWithEvents();

        var fetchSize = new FetchSize(5000);
        read(new BatchReader(database.dataSource(), EventFilter.ALL, fetchSize), batch);
        var pages = read(new BatchReader(database.dataSource(), EventFilter.ALL, fetchSize), batch);

        assertThat(pages).allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(4));
        assertThat(pages.stream().mapToInt(size -> size).sum()).isEqualTo(40);
    }

    @Test
    void C09_largeEventsAmongSmallOnesAreReadInOrderByPagesThatHoldFew() {
        queue.insert(IntStream.range(0, 3000)
                .mapToObj(i -> new NewEvent("a", i + (i % 100 == 50 || i >= 2990 ? "x".repeat(1 << 20) : "")))
                .toList());
        queue.forceTick();
        var batch = nextWithEvents();
        for (var hold : Hold.values()) {
            readLargeAmongSmall(batch, hold);
        }
    }

    private static void readLargeAmongSmall(Batch batch, Hold hold) {
        var numbers = new ArrayList<String>();
        int large = 0;
        try (var cursor = reader(EventFilter.ALL, 5000).open(batch, hold, 45)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                page.forEach(event -> numbers.add(event.data().replace("x", "")));
                long here = page.stream()
                        .filter(event -> event.data().length() > 1 << 20)
                        .count();
                assertThat(here).isLessThanOrEqualTo(4);
                large += (int) here;
            }
        }
        assertThat(large).isEqualTo(40);
        assertThat(numbers)
                .isEqualTo(IntStream.range(45, 3000).mapToObj(i -> "" + i).toList());
    }

    @Test
    void batchBodyIsReadAgainWhileItIsOpen() {
        queue.insert(
                IntStream.range(0, 500).mapToObj(i -> new NewEvent("a", "" + i)).toList());
        queue.forceTick();
        var info = nextWithEvents();

        for (int fetchSize : new int[] {100, 1000}) {
            var batch = PgqBatch.open(info, reader(EventFilter.ALL, fetchSize));
            batch.iterator().next();
            assertThat(batch).hasSize(500);
            assertThat(batch).extracting(Event::data).startsWith("0", "1").endsWith("499");
            batch.close();
            assertThatThrownBy(batch::iterator).hasMessageContaining("has ended");
        }
    }

    @Test
    void C41_noTimeoutOfTheRoleEndsTheReadingOfABatch() {
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        var batch = nextWithEvents();
        var role = "alter database " + database.name();
        try {
            var lasting = new ArrayList<String>();
            for (var timeout :
                    List.of("statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout")) {
                if (!database.rows("select from pg_settings where name = ?", timeout)
                        .isEmpty()) {
                    database.execute(role + " set " + timeout + " = '1h'");
                    lasting.add("current_setting('" + timeout + "') = '0'");
                }
            }
            var filter = new EventFilter(List.of(), List.of(), String.join(" and ", lasting));
            assertThat(read(batch, filter, 0)).hasSize(1);
        } finally {
            database.execute(role + " reset all");
        }
    }

    @Test
    void retriedEventComesBack() {
        queue.insert(new NewEvent("a", "1"));
        queue.forceTick();
        var batch = nextWithEvents();
        consumer.retry(batch, read(batch, EventFilter.ALL, 0).get(0).id(), Duration.ZERO);
        consumer.finish(batch);

        var maintenance = new PgqMaintenance(database.dataSource());
        assertThat(maintenance.run()).isNotEmpty();
        queue.forceTick();

        assertThat(read(nextWithEvents(), EventFilter.ALL, 0))
                .singleElement()
                .satisfies(event -> assertThat(event.retry()).isEqualTo(1));
    }

    @Test
    void aBatchIsSortedInTheMemoryOfAnIndexAndTheSessionForgetsIt() throws SQLException {
        queue.insert(List.of(new NewEvent("a", "1"), new NewEvent("b", "2"), new NewEvent("c", "3")));
        queue.forceTick();
        var batch = nextWithEvents();
        try (var pool = database.pool(1)) {
            var filter = new EventFilter(List.of(), List.of(), "current_setting('work_mem') = '32MB'");
            var reader = new BatchReader(pool, filter, new FetchSize(1));
            try (var before = pool.getConnection()) {
                new JdbcSession(before).execute("set work_mem = '64kB'; set maintenance_work_mem = '32MB'");
            }
            for (var hold : Hold.values()) {
                try (var pages = reader.open(batch, hold, 0)) {
                    assertThat(pages.nextPage()).hasSize(1);
                }
                try (var again = pool.getConnection()) {
                    assertThat(workMemory(again)).isEqualTo("64kB");
                }
            }
        }
    }

    private static String workMemory(Connection connection) {
        return new JdbcSession(connection).one("show work_mem", row -> row.getString(1));
    }

    private Batch nextWithEvents() {
        while (true) {
            var batch = consumer.poll(new PollOptions(false, null, null, null)).orElseThrow();
            if (!read(batch, EventFilter.ALL, 0).isEmpty()) {
                return batch;
            }
            consumer.finish(batch);
        }
    }

    private static BatchReader reader(EventFilter filter, int fetchSize) {
        return new BatchReader(database.dataSource(), filter, new FetchSize(fetchSize));
    }

    private static List<Event> read(Batch batch, EventFilter filter, long skip) {
        var events = new ArrayList<Event>();
        try (var cursor = reader(filter, 5000).open(batch, Hold.WITHOUT_TRANSACTION, skip)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                events.addAll(page);
            }
        }
        return events;
    }

    private static List<Integer> read(BatchReader reader, Batch batch) {
        var pages = new ArrayList<Integer>();
        try (var cursor = reader.open(batch, Hold.WITHOUT_TRANSACTION, 0)) {
            for (var page = cursor.nextPage(); !page.isEmpty(); page = cursor.nextPage()) {
                pages.add(page.size());
            }
        }
        return pages;
    }

    private static List<String> data(Batch batch, EventFilter filter) {
        return read(batch, filter, 0).stream().map(Event::data).toList();
    }
}
