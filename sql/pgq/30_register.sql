-- Registering consumers. Lock order everywhere: the queue's row, the consumer's row, the subscription. Registration and
-- rotation lock the same queue row, so the tick a consumer starts at is not taken away meanwhile (C13).

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.register_consumer(x_queue_name, x_consumer_id) -> int4
--     Subscribes a consumer from the last tick on.
-- Result: 1 registered, 0 was registered already.
-- Errors: as register_consumer_at.
-- ----------------------------------------------------------------------
create or replace function pgq.register_consumer(x_queue_name text, x_consumer_id text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return pgq.register_consumer_at(x_queue_name, x_consumer_id, null);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.register_consumer_at(x_queue_name, x_consumer_name, x_tick_pos) -> int4
--     Subscribes a consumer at a tick, or at the last one when x_tick_pos is null. A consumer that is registered is moved
--     to x_tick_pos, its open batch is dropped.
-- Result: 1 registered, 0 was registered already.
-- Errors: PQ001 'Event queue not created yet'; PQ004 'cannot reposition, tick not found: ..'.
-- ----------------------------------------------------------------------
create or replace function pgq.register_consumer_at(x_queue_name text, x_consumer_name text, x_tick_pos bigint)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    qid integer;
    cid integer;
    pos bigint := x_tick_pos;
begin
    select queue_id into qid from pgq.queue where queue_name = x_queue_name for no key update;
    if not found then
        raise exception 'Event queue not created yet' using errcode = 'PQ001', detail = format('Queue: %s', x_queue_name);
    end if;
    if pos is not null and not exists (select from pgq.tick where tick_queue = qid and tick_id = pos) then
        raise exception 'cannot reposition, tick not found: %', pos using errcode = 'PQ004',
            detail = format('Queue: %s, consumer: %s', x_queue_name, x_consumer_name);
    end if;

    -- Not "for update": a worker that takes a batch holds its consumer's position and then wants this row for its foreign
    -- key, while one that registers has this row and then waits for the position.
    loop
        select co_id into cid from pgq.consumer where co_name = x_consumer_name for no key update;
        exit when found;
        insert into pgq.consumer (co_name) values (x_consumer_name) on conflict (co_name) do nothing;
    end loop;

    if exists (select from pgq.subscription where sub_queue = qid and sub_consumer = cid) then
        update pgq.subscription
           set sub_last_tick = pos, sub_batch = null, sub_next_tick = null, sub_active = now()
         where sub_queue = qid and sub_consumer = cid and pos is not null;
        return 0;
    end if;

    if pos is null then
        select t.tick_id into pos from pgq.tick t
         where t.tick_queue = qid order by t.tick_queue desc, t.tick_id desc limit 1;
        if not found then
            raise exception 'No ticks for this queue.  Please run ticker on database.'
                using detail = format('Queue: %s', x_queue_name);
        end if;
    end if;
    -- A session in REPEATABLE READ that could not see this registration cannot lock the queue's row any more.
    update pgq.queue set queue_switch_time = queue_switch_time where queue_id = qid;
    insert into pgq.subscription (sub_queue, sub_consumer, sub_last_tick) values (qid, cid, pos);
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.unregister_consumer(x_queue_name, x_consumer_name) -> int4
--     Removes a consumer with its subconsumers and retry events, or one subconsumer.
-- Result: how many were removed, 0 when it is not registered.
-- ----------------------------------------------------------------------
create or replace function pgq.unregister_consumer(x_queue_name text, x_consumer_name text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    qid     integer;
    s       record;
    removed integer;
begin
    select queue_id into qid from pgq.queue where queue_name = x_queue_name for no key update;
    if not found then
        return 0;
    end if;
    select t.sub_id, t.sub_consumer, (t.sub_last_tick is null) = (t.sub_next_tick is null) as maybe_sub
      into s
      from pgq.consumer c join pgq.subscription t on t.sub_consumer = c.co_id
     where t.sub_queue = qid and c.co_name = x_consumer_name
       -- Not the consumer's row, which a worker that takes a batch wants for its foreign key while it holds the position.
       for update of t;
    if not found then
        return 0;
    end if;

    -- Subconsumers share the sub_id of their consumer and have both ticks or none; the consumer has the first only.
    if s.maybe_sub and exists (select from pgq.subscription
                                where sub_queue = qid and sub_id = s.sub_id and sub_consumer <> s.sub_consumer) then
        delete from pgq.subscription where sub_queue = qid and sub_consumer = s.sub_consumer;
        removed := 1;
    else
        delete from pgq.retry_queue where ev_owner = s.sub_id;
        delete from pgq_client.failed_queue where ev_owner = s.sub_id;
        delete from pgq.subscription where sub_queue = qid and sub_id = s.sub_id;
        get diagnostics removed = row_count;
    end if;
    delete from pgq_client.parked_consumer where queue_id = qid and consumer_id = s.sub_consumer;
    if not exists (select from pgq.subscription where sub_consumer = s.sub_consumer) then
        delete from pgq.consumer where co_id = s.sub_consumer;
    end if;
    return removed;
end
$$;

end $pgq$;
