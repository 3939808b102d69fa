package dev.londiste.replication.sync;

import dev.londiste.pgq.Batch;
import dev.londiste.pgq.Event;
import dev.londiste.pgq.jdbc.JdbcSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Inserts the events of a batch into a mirror queue as they are, many at a time. Belongs to one transaction; not thread-safe. */
final class MirroredEvents implements Mirror.Events {

    private static final int MOST_EVENTS = 1000;
    private static final int MOST_CHARACTERS = 1_000_000;

    private static final String INSERT = """
            select londiste.mirror_events(?, ?, cast(cast(? as text[]) as timestamptz[]), ?, ?, ?, ?, ?, ?)
            """;

    private static final String END = """
            select londiste.end_mirror(?, ?, ?, ?, ?, ?)
            """;

    private final JdbcSession session;
    private final String queue;
    private final Batch batch;
    private final List<Event> waiting = new ArrayList<>();
    private long characters;

    MirroredEvents(JdbcSession session, String queue, Batch batch) {
        this.session = session;
        this.queue = queue;
        this.batch = batch;
    }

    @Override
    public Optional<String> queue() {
        return Optional.of(queue);
    }

    @Override
    public void add(Event event) {
        waiting.add(event);
        characters += length(event.data()) + length(event.extra3()) + length(event.extra4());
    }

    @Override
    public boolean isFull() {
        return waiting.size() >= MOST_EVENTS || characters >= MOST_CHARACTERS;
    }

    private static int length(String text) {
        return text == null ? 0 : text.length();
    }

    @Override
    public void flush() {
        if (waiting.isEmpty()) {
            return;
        }
        called(
                INSERT,
                queue,
                waiting.stream().map(Event::id).toArray(Long[]::new),
                texts(event -> event.time().toString()),
                texts(Event::type),
                texts(Event::data),
                texts(Event::extra1),
                texts(Event::extra2),
                texts(Event::extra3),
                texts(Event::extra4));
        waiting.clear();
        characters = 0;
    }

    @Override
    public void end() {
        flush();
        var previous = batch.previous();
        var tick = batch.tick();
        called(END, batch.queue(), queue, previous.id(), previous.time(), tick.id(), tick.time());
    }

    /** Whoever promoted or cut the mirror meanwhile has taken the batch's position with it. */
    private void called(String function, Object... parameters) {
        JobPosition.explained(batch, () -> session.one(function, row -> true, parameters));
    }

    private String[] texts(Function<Event, String> column) {
        return waiting.stream().map(column).toArray(String[]::new);
    }
}
