-- Events that a consumer wants to see again later. They come back to that consumer only (ev_owner).

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.event_retry(x_batch_id, x_event_id, x_retry_time | x_retry_seconds) -> int4
--     Puts an event of an open batch into the retry queue.
-- Result: 1 done, 0 it is there already.
-- Errors: PQ003 'event not found'.
-- ----------------------------------------------------------------------
create or replace function pgq.event_retry(x_batch_id bigint, x_event_id bigint, x_retry_time timestamptz)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s  record;
    ev record;
begin
    select sub_id, sub_queue into s from pgq.subscription where sub_batch = x_batch_id;
    if not found then
        raise exception 'event not found' using errcode = 'PQ003',
            detail = format('There is no batch %s, event: %s', x_batch_id, x_event_id);
    end if;
    execute 'select * from (' || pgq.batch_event_sql(x_batch_id) || ') e where ev_id = $1 limit 1' into ev using x_event_id;
    if ev.ev_id is null then
        raise exception 'event not found' using errcode = 'PQ003',
            detail = format('Batch: %s, event: %s', x_batch_id, x_event_id);
    end if;
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_txid, ev_owner, ev_retry, ev_type, ev_data,
                                 ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (x_retry_time, s.sub_queue, ev.ev_id, ev.ev_time, null, s.sub_id, coalesce(ev.ev_retry, 0) + 1, ev.ev_type,
            ev.ev_data, ev.ev_extra1, ev.ev_extra2, ev.ev_extra3, ev.ev_extra4)
    on conflict (ev_owner, ev_id) do nothing;
    return found::int4;
end
$$;

create or replace function pgq.event_retry(x_batch_id bigint, x_event_id bigint, x_retry_seconds integer)
returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select pgq.event_retry(x_batch_id, x_event_id, current_timestamp + make_interval(secs => x_retry_seconds))
$$;

-- ----------------------------------------------------------------------
-- pgq.batch_retry(i_batch_id, i_retry_seconds) -> int4
--     Puts all events of an open batch into the retry queue, except those that are there already.
-- Result: how many.
-- Errors: PQ003 'batch_retry: batch .. not found'.
-- ----------------------------------------------------------------------
create or replace function pgq.batch_retry(i_batch_id bigint, i_retry_seconds integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s       pgq.subscription;
    retried integer;
begin
    select * into s from pgq.subscription where sub_batch = i_batch_id;
    if not found then
        raise exception 'batch_retry: batch % not found', i_batch_id using errcode = 'PQ003';
    end if;
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_txid, ev_owner, ev_retry, ev_type, ev_data,
                                 ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    select current_timestamp + make_interval(secs => i_retry_seconds), s.sub_queue, e.ev_id, e.ev_time, null, s.sub_id,
           coalesce(e.ev_retry, 0) + 1, e.ev_type, e.ev_data, e.ev_extra1, e.ev_extra2, e.ev_extra3, e.ev_extra4
      from pgq.get_batch_events(i_batch_id) e
    on conflict (ev_owner, ev_id) do nothing;
    get diagnostics retried = row_count;
    return retried;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.event_retry_raw(x_queue, x_consumer, x_retry_after, x_ev_id, x_ev_time, x_ev_retry, x_ev_type, x_ev_data,
--                     x_ev_extra1 .. x_ev_extra4) -> int8
--     Puts an event, as it is given, into the retry queue of a consumer; without x_ev_id it gets the next id.
-- Result: the event id.
-- Errors: PQ002 'consumer not registered'.
-- ----------------------------------------------------------------------
create or replace function pgq.event_retry_raw(
    x_queue text, x_consumer text, x_retry_after timestamptz,
    x_ev_id bigint, x_ev_time timestamptz, x_ev_retry integer, x_ev_type text, x_ev_data text,
    x_ev_extra1 text, x_ev_extra2 text, x_ev_extra3 text, x_ev_extra4 text)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s  record;
    id bigint;
begin
    select sub_id, sub_queue, queue_event_seq into s
      from pgq.queue join pgq.subscription on sub_queue = queue_id join pgq.consumer on co_id = sub_consumer
     where queue_name = x_queue and co_name = x_consumer;
    if not found then
        raise exception 'consumer not registered' using errcode = 'PQ002',
            detail = format('Queue: %s, consumer: %s', x_queue, x_consumer);
    end if;
    id := coalesce(x_ev_id, nextval(s.queue_event_seq::regclass));
    insert into pgq.retry_queue (ev_retry_after, ev_queue, ev_id, ev_time, ev_owner, ev_retry, ev_type, ev_data,
                                 ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (x_retry_after, s.sub_queue, id, x_ev_time, s.sub_id, x_ev_retry, x_ev_type, x_ev_data,
            x_ev_extra1, x_ev_extra2, x_ev_extra3, x_ev_extra4);
    return id;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.maint_retry_events() -> int4
--     Moves due events of the retry queue back into their queues, a few at a time; several sessions may do so at once.
--     Those of a queue that takes no events now wait: they must not keep back those of other queues.
-- Result: how many; call again until it is 0.
-- Called by: maintenance (pgqd, MAINTAIN, pgq_client.maintain).
-- ----------------------------------------------------------------------
create or replace function pgq.maint_retry_events() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ev    record;
    moved integer := 0;
begin
    for ev in
        delete from pgq.retry_queue r
         using pgq.queue q
         where q.queue_id = r.ev_queue
           and (r.ev_owner, r.ev_id) in (
               select d.ev_owner, d.ev_id
                 from pgq.retry_queue d join pgq.queue open on open.queue_id = d.ev_queue and not open.queue_disable_insert
                where d.ev_retry_after <= current_timestamp
                order by d.ev_retry_after limit 10
                  for update of d skip locked)
        returning q.queue_name, r.*
    loop
        perform pgq.insert_event_raw(ev.queue_name, ev.ev_id, ev.ev_time, ev.ev_owner, ev.ev_retry, ev.ev_type,
            ev.ev_data, ev.ev_extra1, ev.ev_extra2, ev.ev_extra3, ev.ev_extra4);
        moved := moved + 1;
    end loop;
    return moved;
end
$$;

end $pgq$;
