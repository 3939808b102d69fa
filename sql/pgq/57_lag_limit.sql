-- A limit on how far consumers may lag: unread events pile up in the event tables, and one forgotten consumer can fill the
-- disk. Off by default.

-- ----------------------------------------------------------------------
-- pgq_client.parked_consumer
--     Consumers that rotation has left behind, with the tick they were at, and those whose ticks were taken away. A row
--     counts as long as the consumer is there.
-- ----------------------------------------------------------------------
create table if not exists pgq_client.parked_consumer (
    queue_id      int4        not null,
    consumer_id   int4        not null,
    tick_id       bigint      not null,
    parked_time   timestamptz not null default now(),
    reason        text        not null,
    constraint parked_consumer_pkey primary key (queue_id, consumer_id)
);

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq_client.set_max_consumer_lag(i_queue, i_time, i_bytes)
--     Limits the age of the last tick a consumer has finished, the bytes that the queue's events take, or both; nulls
--     take the limits away. When rotation is due and a consumer beyond the limit is in its way, the consumer is parked:
--     rotation goes on without it, and its next read ends in PQ004. The way back is to register it anew.
-- Errors: PQ001.
-- ----------------------------------------------------------------------
create or replace function pgq_client.set_max_consumer_lag(i_queue text, i_time interval, i_bytes bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    id int4 := (select queue_id from pgq.queue where queue_name = i_queue);
begin
    if id is null then
        raise exception 'No such queue: %', i_queue using errcode = 'PQ001';
    end if;
    insert into pgq_client.queue_setting as s (queue_id, max_lag_time, max_lag_bytes) values (id, i_time, i_bytes)
    on conflict (queue_id) do update set max_lag_time = excluded.max_lag_time, max_lag_bytes = excluded.max_lag_bytes;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.park_consumers(i_queue)
--     Parks the consumers, and subconsumers with a batch, that are beyond the limit and whose last tick keeps rotation
--     from going on. The tick a parked consumer is at is deleted at once: nobody reads from there again.
-- Called by: maint_rotate_tables_step1, with the queue's row locked.
-- ----------------------------------------------------------------------
create or replace function pgq_client.park_consumers(i_queue pgq.queue) returns void
language plpgsql as $$
declare
    setting pgq_client.queue_setting;
    bytes   bigint;
    s       record;
begin
    select * into setting from pgq_client.queue_setting where queue_id = i_queue.queue_id;
    if setting.max_lag_time is null and setting.max_lag_bytes is null then
        return;
    end if;
    bytes := pgq_client.event_bytes(i_queue);
    for s in
        select t.sub_consumer, t.sub_last_tick, clock_timestamp() - k.tick_time as lag
          from pgq.subscription t
          join pgq.tick k on k.tick_queue = t.sub_queue and k.tick_id = t.sub_last_tick
         where t.sub_queue = i_queue.queue_id
           and txid_snapshot_xmin(k.tick_snapshot) <= i_queue.queue_switch_step2
           and k.tick_id < (select max(n.tick_id) from pgq.tick n where n.tick_queue = i_queue.queue_id)
           and (clock_timestamp() - k.tick_time > setting.max_lag_time or bytes > setting.max_lag_bytes)
    loop
        insert into pgq_client.parked_consumer (queue_id, consumer_id, tick_id, reason)
        values (i_queue.queue_id, s.sub_consumer, s.sub_last_tick,
                format('beyond the lag the queue allows: lag %s, %s bytes of events', s.lag, bytes))
        on conflict (queue_id, consumer_id) do update
           set tick_id = excluded.tick_id, parked_time = excluded.parked_time, reason = excluded.reason;
        delete from pgq.tick where tick_queue = i_queue.queue_id and tick_id = s.sub_last_tick;
    end loop;
end
$$;

end $pgq$;

do $pgq$ begin if not pgq_client.on_extension() then return; end if;

create or replace function pgq_client.set_max_consumer_lag(i_queue text, i_time interval, i_bytes bigint) returns void
language plpgsql as $$
begin
    raise exception 'The C extension pgq rotates its queues itself and knows no limit on the lag of consumers'
        using errcode = 'feature_not_supported', detail = format('Queue: %s', i_queue),
            hint = 'Watch pgq_client.queue_status(), which names the consumers that hold rotation up.';
end
$$;

end $pgq$;

-- ----------------------------------------------------------------------
-- pgq_client.set_queue_config(i_queue, i_param, i_value) -> int4
--     As pgq.set_queue_config, with one more parameter: max_consumer_lag, an interval (2 days), a number of bytes with its
--     unit (50 GB), or both with a comma between; null or off takes the limit away.
-- Result: 1.
-- Errors: as pgq.set_queue_config and set_max_consumer_lag.
-- ----------------------------------------------------------------------
create or replace function pgq_client.set_queue_config(i_queue text, i_param text, i_value text) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    limits constant text[] := array(select btrim(v) from unnest(string_to_array(nullif(lower(i_value), 'off'), ',')) v);
    bytes  constant text   := '^[0-9.]+ *(bytes|kb|mb|gb|tb)$';
begin
    if i_param is distinct from 'max_consumer_lag' then
        return pgq.set_queue_config(i_queue, i_param, i_value);
    end if;
    perform pgq_client.set_max_consumer_lag(i_queue,
        (select v::interval from unnest(limits) v where v !~ bytes),
        (select pg_size_bytes(v) from unnest(limits) v where v ~ bytes));
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.event_bytes(i_queue) -> int8
--     What the events of a queue take on disk, read or not, with indexes and TOAST.
-- ----------------------------------------------------------------------
create or replace function pgq_client.event_bytes(i_queue pgq.queue) returns bigint
language plpgsql stable as $$
begin
    return (select sum(pg_total_relation_size(to_regclass(pgq_client.event_table(i_queue, i))))
              from generate_series(0, i_queue.queue_ntables - 1) i);
end
$$;
