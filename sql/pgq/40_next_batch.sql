-- Opening and finishing batches. A batch is what became visible between two ticks of the queue. It stays open, and is
-- handed out again, until finish_batch.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.find_tick_helper(i_queue_id, i_prev_tick_id, i_prev_tick_time, i_prev_tick_seq, i_min_count, i_min_interval)
--     -> (next_tick_id, next_tick_time, next_tick_seq)
--     The end of a batch that has at least i_min_count events or covers at least i_min_interval: the last tick, or, when
--     that would more than double what was asked, the first tick that is enough. Nulls when no tick is.
-- Called by: next_batch_custom.
-- ----------------------------------------------------------------------
create or replace function pgq.find_tick_helper(
    in i_queue_id int4, in i_prev_tick_id int8, in i_prev_tick_time timestamptz, in i_prev_tick_seq int8,
    in i_min_count int8, in i_min_interval interval,
    out next_tick_id int8, out next_tick_time timestamptz, out next_tick_seq int8)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    events  bigint;
    covered interval;
begin
    select tick_id, tick_time, tick_event_seq into next_tick_id, next_tick_time, next_tick_seq
      from pgq.tick
     where tick_queue = i_queue_id and tick_id > i_prev_tick_id
     order by tick_queue desc, tick_id desc limit 1;
    events := next_tick_seq - i_prev_tick_seq;
    covered := next_tick_time - i_prev_tick_time;

    if events > i_min_count * 2 or covered > i_min_interval * 2 then
        select tick_id, tick_time, tick_event_seq into next_tick_id, next_tick_time, next_tick_seq
          from pgq.tick
         where tick_queue = i_queue_id and tick_id > i_prev_tick_id
           and (tick_event_seq - i_prev_tick_seq >= i_min_count or tick_time - i_prev_tick_time >= i_min_interval)
         order by tick_queue, tick_id limit 1;
    elsif (events >= i_min_count or covered >= i_min_interval) is not true then
        next_tick_id := null;
        next_tick_time := null;
        next_tick_seq := null;
    end if;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.next_batch_custom(i_queue_name, i_consumer_name, i_min_lag, i_min_count, i_min_interval)
--     -> (batch_id, cur_tick_id, prev_tick_id, cur_tick_time, prev_tick_time, cur_tick_event_seq, prev_tick_event_seq)
--     Opens the next batch, or returns the one that is open. It ends at the next tick, or, with i_min_count or
--     i_min_interval, at a tick that is enough for one of them; with i_min_lag it must be that old. Two sessions of one
--     consumer that ask at once get the same batch.
-- Result: all null when there is no batch yet.
-- Errors: PQ002 'Not subscriber to queue: ../..'; PQ004 when the consumer's last tick is gone.
-- ----------------------------------------------------------------------
create or replace function pgq.next_batch_custom(
    in i_queue_name text, in i_consumer_name text,
    in i_min_lag interval, in i_min_count int4, in i_min_interval interval,
    out batch_id int8, out cur_tick_id int8, out prev_tick_id int8,
    out cur_tick_time timestamptz, out prev_tick_time timestamptz,
    out cur_tick_event_seq int8, out prev_tick_event_seq int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s   pgq.subscription;
    pos pgq.tick;
    cur record;
begin
    loop
        s := pgq_client.subscription(i_queue_name, i_consumer_name);
        pos := pgq_client.tick_of(i_queue_name, i_consumer_name, s.sub_queue, s.sub_last_tick);

        if s.sub_batch is not null then
            cur := pgq_client.tick_of(i_queue_name, i_consumer_name, s.sub_queue, s.sub_next_tick);
            batch_id := s.sub_batch;
        else
            if i_min_count is null and i_min_interval is null then
                select t.tick_id, t.tick_time, t.tick_event_seq into cur
                  from pgq.tick t
                 where t.tick_queue = s.sub_queue and t.tick_id > s.sub_last_tick
                 order by t.tick_queue, t.tick_id limit 1;
            else
                select f.next_tick_id as tick_id, f.next_tick_time as tick_time, f.next_tick_seq as tick_event_seq into cur
                  from pgq.find_tick_helper(s.sub_queue, pos.tick_id, pos.tick_time, pos.tick_event_seq,
                                            i_min_count, i_min_interval) f;
            end if;
            if cur.tick_id is null or now() - cur.tick_time < i_min_lag then
                return;
            end if;
            -- Opened only where it was seen: another session may have opened, finished or moved meanwhile.
            update pgq.subscription
               set sub_batch = nextval('pgq.batch_id_seq'), sub_next_tick = cur.tick_id, sub_active = now()
             where ctid = pgq_client.subscription_ctid(s.sub_queue, s.sub_consumer)
               and sub_batch is null and sub_last_tick = s.sub_last_tick
            returning sub_batch into batch_id;
            continue when not found;
        end if;

        cur_tick_id := cur.tick_id;
        cur_tick_time := cur.tick_time;
        cur_tick_event_seq := cur.tick_event_seq;
        prev_tick_id := pos.tick_id;
        prev_tick_time := pos.tick_time;
        prev_tick_event_seq := pos.tick_event_seq;
        return;
    end loop;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.next_batch_info(i_queue_name, i_consumer_name) -> as next_batch_custom
-- pgq.next_batch(i_queue_name, i_consumer_name) -> int8
--     The next batch at the next tick; its id, or null when there is none yet.
-- ----------------------------------------------------------------------
create or replace function pgq.next_batch_info(
    in i_queue_name text, in i_consumer_name text,
    out batch_id int8, out cur_tick_id int8, out prev_tick_id int8,
    out cur_tick_time timestamptz, out prev_tick_time timestamptz,
    out cur_tick_event_seq int8, out prev_tick_event_seq int8)
language sql as $$
    select f.batch_id, f.cur_tick_id, f.prev_tick_id, f.cur_tick_time, f.prev_tick_time,
           f.cur_tick_event_seq, f.prev_tick_event_seq
      from pgq.next_batch_custom(i_queue_name, i_consumer_name, null, null, null) f
$$;

create or replace function pgq.next_batch(in i_queue_name text, in i_consumer_name text) returns int8
language sql as $$
    select f.batch_id from pgq.next_batch_custom(i_queue_name, i_consumer_name, null, null, null) f
$$;

-- ----------------------------------------------------------------------
-- pgq.finish_batch(x_batch_id) -> int4
--     Closes a batch and moves its consumer to the batch's end.
-- Result: 1; 0 with a warning when there is no such batch: then somebody else owns the position (C16).
-- ----------------------------------------------------------------------
create or replace function pgq.finish_batch(x_batch_id bigint) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update pgq.subscription
       set sub_active = now(), sub_last_tick = sub_next_tick, sub_next_tick = null, sub_batch = null
     where sub_batch = x_batch_id;
    if not found then
        raise warning 'finish_batch: batch % not found', x_batch_id;
        return 0;
    end if;
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.get_batch_info(x_batch_id)
--     -> (queue_name, consumer_name, batch_start, batch_end, prev_tick_id, tick_id, lag, seq_start, seq_end)
--     What an open batch covers; all null when there is no such batch.
-- ----------------------------------------------------------------------
create or replace function pgq.get_batch_info(
    in x_batch_id bigint,
    out queue_name text, out consumer_name text, out batch_start timestamptz, out batch_end timestamptz,
    out prev_tick_id bigint, out tick_id bigint, out lag interval, out seq_start bigint, out seq_end bigint)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select q.queue_name, c.co_name, prev.tick_time, cur.tick_time, s.sub_last_tick, s.sub_next_tick,
           current_timestamp - cur.tick_time, prev.tick_event_seq, cur.tick_event_seq
      from pgq.subscription s
      join pgq.tick cur on cur.tick_queue = s.sub_queue and cur.tick_id = s.sub_next_tick
      join pgq.tick prev on prev.tick_queue = s.sub_queue and prev.tick_id = s.sub_last_tick
      join pgq.queue q on q.queue_id = s.sub_queue
      join pgq.consumer c on c.co_id = s.sub_consumer
     where s.sub_batch = x_batch_id
$$;

end $pgq$;

-- ----------------------------------------------------------------------
-- pgq_client.subscription(i_queue, i_consumer) -> pgq.subscription
-- Errors: PQ001 no such queue; PQ002 'Not subscriber to queue: ../..'.
-- ----------------------------------------------------------------------
create or replace function pgq_client.subscription(i_queue text, i_consumer text) returns pgq.subscription
language plpgsql as $$
declare
    s pgq.subscription;
begin
    -- The newest version of the row first: older ones stay in the index as long as some old transaction does.
    select t.* into s
      from pgq.queue q
      join pgq.consumer c on c.co_name = i_consumer
     cross join lateral (select * from pgq.subscription
                          where sub_queue = q.queue_id and sub_consumer = c.co_id
                          order by sub_queue, sub_consumer, sub_active desc limit 1) t
     where q.queue_name = i_queue;
    if not found then
        raise exception 'Not subscriber to queue: %/%', coalesce(i_queue, 'NULL'), coalesce(i_consumer, 'NULL')
            using errcode = case when exists (select from pgq.queue where queue_name = i_queue) then 'PQ002' else 'PQ001' end;
    end if;
    return s;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.subscription_ctid(i_queue_id, i_consumer_id) -> tid
--     Where the row of a subscription is, for updates: found by its newest version, as above.
-- ----------------------------------------------------------------------
create or replace function pgq_client.subscription_ctid(i_queue_id int4, i_consumer_id int4) returns tid
language plpgsql stable as $$
begin
    return (select ctid from pgq.subscription
             where sub_queue = i_queue_id and sub_consumer = i_consumer_id
             order by sub_queue, sub_consumer, sub_active desc limit 1);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.tick_of(i_queue, i_consumer, i_queue_id, i_tick_id) -> pgq.tick
--     A tick that a subscription names.
-- Errors: PQ004 when it is gone: the events after it are gone too, or may be.
-- ----------------------------------------------------------------------
create or replace function pgq_client.tick_of(i_queue text, i_consumer text, i_queue_id int4, i_tick_id bigint)
returns pgq.tick
language plpgsql as $$
declare
    t pgq.tick;
begin
    select * into t from pgq.tick where tick_queue = i_queue_id and tick_id = i_tick_id;
    if not found then
        raise exception 'Lost position: consumer % on queue % does not see tick %. %', i_consumer, i_queue, i_tick_id,
            coalesce(
                (select format('Parked at %s: %s.', p.parked_time, p.reason)
                   from pgq_client.parked_consumer p join pgq.consumer c on c.co_id = p.consumer_id
                  where p.queue_id = i_queue_id and c.co_name = i_consumer and p.tick_id = i_tick_id),
                'The queue no longer keeps the events after it.')
            using errcode = 'PQ004',
                hint = 'Unregister the consumer and register it anew; what it missed must be copied by other means.';
    end if;
    return t;
end
$$;
