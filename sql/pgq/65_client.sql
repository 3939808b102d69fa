-- What the Java client asks beyond the PgQ contract. The same text works on our SQL and on the C extension.

-- ----------------------------------------------------------------------
-- pgq_client.poll(i_queue, i_consumer, i_tick, i_min_lag, i_min_count, i_min_interval) -> one row
--     Ticks when i_tick and a tick is due, then opens the next batch of the consumer or returns the open one, as
--     pgq.next_batch_custom. All in one call; with nothing to do a handful of index probes, without a write, a
--     transaction id or a lock.
-- Result: batch and its two ticks; all null when there is no batch.
-- Errors: PQ001 no such queue; PQ002 not registered; PQ004 lost position; PQ005 not READ COMMITTED, with i_tick;
--     PQ006 restored database.
-- Called by: PgqConsumerClient.
-- ----------------------------------------------------------------------
create or replace function pgq_client.poll(
    i_queue text, i_consumer text, i_tick boolean, i_min_lag interval, i_min_count int4, i_min_interval interval,
    out batch_id bigint,
    out prev_tick_id bigint, out prev_tick_time timestamptz, out prev_tick_snapshot text, out prev_event_seq bigint,
    out cur_tick_id bigint, out cur_tick_time timestamptz, out cur_tick_snapshot text, out cur_event_seq bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s    pgq.subscription;
    prev pgq.tick;
    cur  pgq.tick;
begin
    if i_tick then
        perform pgq_client.tick_if_due_unguarded(i_queue);
    end if;
    s := pgq_client.subscription(i_queue, i_consumer);
    prev := pgq_client.tick_of(i_queue, i_consumer, s.sub_queue, s.sub_last_tick);
    perform pgq_client.check_txid(i_queue, prev.tick_snapshot);
    if s.sub_batch is null and not exists (
            select from pgq.tick where tick_queue = s.sub_queue and tick_id > s.sub_last_tick) then
        return;
    end if;

    select b.batch_id, b.prev_tick_id, b.cur_tick_id into batch_id, prev_tick_id, cur_tick_id
      from pgq.next_batch_custom(i_queue, i_consumer, i_min_lag, i_min_count, i_min_interval) b;
    if batch_id is null then
        prev_tick_id := null;
        cur_tick_id := null;
        return;
    end if;
    prev := pgq_client.tick_of(i_queue, i_consumer, s.sub_queue, prev_tick_id);
    cur := pgq_client.tick_of(i_queue, i_consumer, s.sub_queue, cur_tick_id);
    prev_tick_time := prev.tick_time;
    prev_tick_snapshot := prev.tick_snapshot;
    prev_event_seq := prev.tick_event_seq;
    cur_tick_time := cur.tick_time;
    cur_tick_snapshot := cur.tick_snapshot;
    cur_event_seq := cur.tick_event_seq;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.poll_worker(i_queue, i_consumer, i_worker, i_tick, i_min_lag, i_min_count, i_min_interval, i_dead_interval)
--     -> one row, as poll
--     As poll, for a subconsumer: what pgq_coop.next_batch_custom hands out. That function makes workers take turns by a
--     lock, which is a write; it is called only when there is something for this worker, so that any number of workers at
--     rest cost index probes. A consumer that is not registered is an error, where next_batch_custom would register it
--     at the last tick and pass over what it has not seen (C18).
-- Errors: as poll; 'main consumer has batch open?' when the consumer is used without subconsumers too.
-- Called by: PgqSubconsumer.
-- ----------------------------------------------------------------------
create or replace function pgq_client.poll_worker(
    i_queue text, i_consumer text, i_worker text, i_tick boolean,
    i_min_lag interval, i_min_count int4, i_min_interval interval, i_dead_interval interval,
    out batch_id bigint,
    out prev_tick_id bigint, out prev_tick_time timestamptz, out prev_tick_snapshot text, out prev_event_seq bigint,
    out cur_tick_id bigint, out cur_tick_time timestamptz, out cur_tick_snapshot text, out cur_event_seq bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    main pgq.subscription;
    own  pgq.subscription;
    prev pgq.tick;
    cur  pgq.tick;
begin
    if i_tick then
        perform pgq_client.tick_if_due_unguarded(i_queue);
    end if;
    main := pgq_client.subscription(i_queue, i_consumer);
    if pgq_client.is_nothing_for_worker(i_queue, i_consumer, main, i_consumer || '.' || i_worker, i_dead_interval) then
        return;
    end if;

    batch_id := pgq_coop.next_batch_custom(
        i_queue, i_consumer, i_worker, i_min_lag, i_min_count, i_min_interval, i_dead_interval);
    if batch_id is null then
        return;
    end if;
    select * into own from pgq.subscription where sub_batch = batch_id;
    prev := pgq_client.tick_of(i_queue, i_consumer, own.sub_queue, own.sub_last_tick);
    cur := pgq_client.tick_of(i_queue, i_consumer, own.sub_queue, own.sub_next_tick);
    prev_tick_id := prev.tick_id;
    prev_tick_time := prev.tick_time;
    prev_tick_snapshot := prev.tick_snapshot;
    prev_event_seq := prev.tick_event_seq;
    cur_tick_id := cur.tick_id;
    cur_tick_time := cur.tick_time;
    cur_tick_snapshot := cur.tick_snapshot;
    cur_event_seq := cur.tick_event_seq;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.is_nothing_for_worker(i_queue, i_consumer, i_main, i_worker_name, i_dead_interval) -> boolean
--     Whether the worker is registered and has no batch, the consumer has no further tick, and no silent worker of it has
--     a batch.
-- Errors: PQ004, PQ006, of a worker without a batch.
-- ----------------------------------------------------------------------
create or replace function pgq_client.is_nothing_for_worker(
    i_queue text, i_consumer text, i_main pgq.subscription, i_worker_name text, i_dead_interval interval)
returns boolean
language plpgsql as $$
declare
    own record;
begin
    select s.sub_consumer, s.sub_batch into own
      from pgq.consumer c
     cross join lateral (select * from pgq.subscription
                          where sub_queue = i_main.sub_queue and sub_consumer = c.co_id
                          order by sub_queue, sub_consumer, sub_active desc limit 1) s
     where c.co_name = i_worker_name;
    if not found or own.sub_batch is not null or i_main.sub_next_tick is not null then
        return false;
    end if;
    perform pgq_client.check_txid(i_queue, t.tick_snapshot)
       from pgq_client.tick_of(i_queue, i_consumer, i_main.sub_queue, i_main.sub_last_tick) t;
    return not exists (select from pgq.tick where tick_queue = i_main.sub_queue and tick_id > i_main.sub_last_tick)
       and not exists (select from pgq.subscription
                        where sub_queue = i_main.sub_queue and sub_id = i_main.sub_id and sub_batch is not null
                          and sub_active < now() - i_dead_interval);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.register(i_queue, i_consumer, i_tick_id, i_tick_time, i_tick_snapshot)
--     -> (registered, tick_id, tick_time, tick_snapshot)
--     Registers a consumer at the last tick, or at a given tick if the queue still has that very tick: number, time and
--     snapshot, since numbers repeat after the promotion of a standby (C18, C19). A consumer that is registered stays
--     where it is.
-- Result: whether it was registered now, and its position.
-- Errors: PQ001 no such queue; PQ004 no such tick.
-- ----------------------------------------------------------------------
create or replace function pgq_client.register(
    i_queue text, i_consumer text, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text,
    out registered boolean, out tick_id bigint, out tick_time timestamptz, out tick_snapshot text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    qid integer;
    s   pgq.subscription;
    t   pgq.tick;
begin
    select q.queue_id into qid from pgq.queue q where q.queue_name = i_queue for no key update;
    if not found then
        raise exception 'No such queue: %', i_queue using errcode = 'PQ001';
    end if;
    registered := not exists (select from pgq.subscription p join pgq.consumer c on c.co_id = p.sub_consumer
                               where p.sub_queue = qid and c.co_name = i_consumer);
    if registered then
        if i_tick_id is not null and not exists (
                select from pgq.tick k
                 where k.tick_queue = qid and k.tick_id = i_tick_id
                   and k.tick_time = i_tick_time and k.tick_snapshot::text = i_tick_snapshot) then
            raise exception 'Lost position: queue % has no tick % of %', i_queue, i_tick_id, i_tick_time
                using errcode = 'PQ004', detail = format('Consumer: %s, snapshot: %s', i_consumer, i_tick_snapshot);
        end if;
        registered := pgq.register_consumer_at(i_queue, i_consumer, i_tick_id) = 1;
    end if;
    s := pgq_client.subscription(i_queue, i_consumer);
    t := pgq_client.tick_of(i_queue, i_consumer, qid, s.sub_last_tick);
    tick_id := t.tick_id;
    tick_time := t.tick_time;
    tick_snapshot := t.tick_snapshot;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.tick_info(i_queue, i_tick_id) -> (tick_id, tick_time, tick_snapshot)
--     A tick of a queue, the last one for a null i_tick_id; no row when there is none.
-- ----------------------------------------------------------------------
create or replace function pgq_client.tick_info(
    i_queue text, i_tick_id bigint,
    out tick_id bigint, out tick_time timestamptz, out tick_snapshot text)
returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select t.tick_id, t.tick_time, t.tick_snapshot::text
      from pgq.queue q join pgq.tick t on t.tick_queue = q.queue_id
     where q.queue_name = i_queue and (i_tick_id is null or t.tick_id = i_tick_id)
     order by t.tick_queue desc, t.tick_id desc limit 1
$$;

-- ----------------------------------------------------------------------
-- pgq_client.maintain(i_queue) -> int4
--     The due maintenance of one queue in one call, in a transaction of its own: second step of an earlier rotation, first
--     step of the next, retry events. Call it every few seconds at most, from any number of nodes.
-- Result: how many retry events came back; when positive there may be more.
-- Errors: PQ001, PQ004, PQ005, PQ006.
-- ----------------------------------------------------------------------
create or replace function pgq_client.maintain(i_queue text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    perform pgq_client.require_read_committed('pgq_client.maintain');
    select * into q from pgq.queue where queue_name = i_queue;
    if not found then
        raise exception 'No such queue: %', i_queue using errcode = 'PQ001';
    end if;
    -- The steps of one rotation must not share a transaction: step 2 leaves out what this one has switched.
    if q.queue_switch_step2 is null then
        perform pgq.maint_rotate_tables_step2();
    elsif q.queue_switch_time + q.queue_rotation_period < current_timestamp then
        perform pgq.maint_rotate_tables_step1(i_queue);
    end if;
    if exists (select from pgq.retry_queue where ev_retry_after <= current_timestamp) then
        return pgq.maint_retry_events();
    end if;
    return 0;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.set_captured(i_queue, i_captured)
--     Whether the queue carries captured tables. If so, insert_event refuses: nobody but the capture triggers and the
--     functions of londiste, which use insert_event_raw, makes an event that a subscriber would apply (C07).
-- Errors: PQ001.
-- Called by: londiste.provider_add_table, londiste.provider_remove_table.
-- ----------------------------------------------------------------------
create or replace function pgq_client.set_captured(i_queue text, i_captured boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    id int4 := (select queue_id from pgq.queue where queue_name = i_queue);
begin
    if id is null then
        raise exception 'No such queue: %', i_queue using errcode = 'PQ001';
    end if;
    -- Only a change writes: tickers share the row as their lock.
    insert into pgq_client.queue_setting (queue_id, captured) values (id, i_captured) on conflict (queue_id) do nothing;
    update pgq_client.queue_setting set captured = i_captured where queue_id = id and captured <> i_captured;
end
$$;
