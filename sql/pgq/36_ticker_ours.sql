-- The ticker of our SQL.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq_client.insert_tick(i_queue_id) -> int8
--     Makes a tick and wakes whoever listens on channel pgq: one notification a tick, with the queue's name.
--     Call with the ticker lock held, in READ COMMITTED.
-- ----------------------------------------------------------------------
create or replace function pgq_client.insert_tick(i_queue_id int4) returns bigint
language plpgsql as $$
declare
    q   record;
    seq bigint;
    id  bigint;
begin
    select queue_name, queue_tick_seq::regclass as tick_seq, queue_event_seq::regclass as event_seq into q
      from pgq.queue where queue_id = i_queue_id;
    -- A statement before the one that takes the snapshot: an event counted here has a transaction id already (C12).
    seq := coalesce(pg_sequence_last_value(q.event_seq), 1);
    id := nextval(q.tick_seq);
    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
    values (i_queue_id, id, clock_timestamp(), txid_current_snapshot(), seq);
    perform pg_notify('pgq', q.queue_name);
    return id;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.is_our_turn(i_queue) -> boolean
-- pgq_client.tick_as_ours(i_queue) -> int8
--     Any number of our tickers may tick.
-- Called by: tick_if_due.
-- ----------------------------------------------------------------------
create or replace function pgq_client.is_our_turn(i_queue pgq.queue) returns boolean
language sql immutable as $$ select true $$;

create or replace function pgq_client.tick_as_ours(i_queue pgq.queue) returns bigint
language plpgsql as $$
begin
    return pgq_client.insert_tick(i_queue.queue_id);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.tick_now(i_queue) -> int8
--     Makes a tick, due or not; waits for a ticker that is at work.
-- Result: the tick's id.
-- Errors: PQ001, PQ005, PQ006, PQ007 (paused, or ticked from outside).
-- ----------------------------------------------------------------------
create or replace function pgq_client.tick_now(i_queue text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    perform pgq_client.require_read_committed('pgq_client.tick_now');
    q := pgq_client.tickable(i_queue);
    perform pgq_client.lock_ticker(q.queue_id, true);
    perform pgq_client.is_tick_due(q);
    return pgq_client.insert_tick(q.queue_id);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.ticker(i_queue_name) -> int8
--     Makes a tick when one is due.
-- Result: the tick's id, or null.
-- Errors: PQ001 'no such queue', PQ005, PQ006, PQ007 (paused, or ticked from outside).
-- Called by: pgqd's neighbours, pgq.ticker().
-- ----------------------------------------------------------------------
create or replace function pgq.ticker(i_queue_name text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform pgq_client.require_read_committed('pgq.ticker');
    perform pgq_client.tickable(i_queue_name);
    return pgq_client.tick_if_due(i_queue_name);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.ticker() -> int8
--     Ticks all queues that need it, except those that are paused or ticked from outside.
-- Result: how many were ticked.
-- Errors: PQ005, PQ006.
-- Called by: pgqd.
-- ----------------------------------------------------------------------
create or replace function pgq.ticker() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    queue text;
    ticks bigint := 0;
begin
    perform pgq_client.require_read_committed('pgq.ticker');
    -- In the order of names: tickers that lock several queues never wait for each other in a circle.
    for queue in
        select queue_name from pgq.queue
         where not queue_external_ticker and not queue_ticker_paused order by queue_name
    loop
        if pgq_client.tick_if_due(queue) is not null then
            ticks := ticks + 1;
        end if;
    end loop;
    return ticks;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.ticker(i_queue_name, i_tick_id, i_orig_timestamp, i_event_seq) -> int8
--     The tick of a queue that copies another one: with the tick id, time and event sequence of that one.
-- Result: the tick's id.
-- Errors: 'queue not found or ticker disabled: ..'; PQ005.
-- ----------------------------------------------------------------------
create or replace function pgq.ticker(
    i_queue_name text, i_tick_id bigint, i_orig_timestamp timestamptz, i_event_seq bigint)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    perform pgq_client.require_read_committed('pgq.ticker');
    select * into q from pgq.queue
     where queue_name = i_queue_name and queue_external_ticker and not queue_ticker_paused;
    if not found then
        raise exception 'queue not found or ticker disabled: %', i_queue_name using errcode = 'PQ001';
    end if;
    perform pgq_client.lock_ticker(q.queue_id, true);
    insert into pgq.tick (tick_queue, tick_id, tick_time, tick_snapshot, tick_event_seq)
    values (q.queue_id, i_tick_id, i_orig_timestamp, txid_current_snapshot(), i_event_seq);
    perform pgq.seq_setval(q.queue_tick_seq, i_tick_id);
    perform pgq.seq_setval(q.queue_event_seq, i_event_seq);
    perform pg_notify('pgq', i_queue_name);
    return i_tick_id;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.force_tick(i_queue_name) -> int8
--     Moves the event sequence forward, so that the next ticker() finds a tick due. Ask again until the result changes;
--     pgq_client.tick_now() does it in one call.
-- Result: the id of the last tick.
-- ----------------------------------------------------------------------
create or replace function pgq.force_tick(i_queue_name text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform setval(queue_event_seq::regclass,
                   nextval(queue_event_seq::regclass) + queue_ticker_max_count * 2 + 1000)
       from pgq.queue
      where queue_name = i_queue_name and not queue_external_ticker and not queue_ticker_paused;
    return (select tick_id from pgq.tick
             where tick_queue = (select queue_id from pgq.queue where queue_name = i_queue_name)
             order by tick_queue desc, tick_id desc limit 1);
end
$$;

end $pgq$;
