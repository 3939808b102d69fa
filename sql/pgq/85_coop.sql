-- Schema pgq_coop: several workers, the subconsumers, share one consumer and take its batches in turn. The consumer's own
-- row is ahead of all of them; a subconsumer has ticks only while it has a batch. Their sub_id is the consumer's, so that
-- retried events come to whoever takes the batch they are in. Where the extension of that name is installed, it is kept.

do $pgq$ begin if exists (select from pg_extension where extname = 'pgq_coop') then return; end if;

create schema if not exists pgq_coop;

-- ----------------------------------------------------------------------
-- pgq_coop.register_subconsumer(i_queue_name, i_consumer_name, i_subconsumer_name) -> int4
--     Registers a subconsumer, as consumer `consumer.subconsumer`, and its consumer if that is new.
-- Result: 1 registered, 0 was registered already.
-- Errors: PQ001.
-- ----------------------------------------------------------------------
create or replace function pgq_coop.register_subconsumer(
    i_queue_name text, i_consumer_name text, i_subconsumer_name text)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    worker constant text := i_consumer_name || '.' || i_subconsumer_name;
    main   pgq.subscription;
begin
    -- A consumer that is registered is not registered again: the C extension would lock its row against a worker that takes
    -- a batch, which holds the position that next_batch_custom waits for then.
    if not exists (select from pgq.queue q join pgq.subscription s on s.sub_queue = q.queue_id
                     join pgq.consumer c on c.co_id = s.sub_consumer
                    where q.queue_name = i_queue_name and c.co_name = i_consumer_name) then
        perform pgq.register_consumer(i_queue_name, i_consumer_name);
    end if;
    if pgq.register_consumer(i_queue_name, worker) = 0 then
        return 0;
    end if;
    main := pgq_client.subscription(i_queue_name, i_consumer_name);
    update pgq.subscription s
       set sub_id = main.sub_id, sub_last_tick = null, sub_next_tick = null
      from pgq.consumer c
     where s.sub_queue = main.sub_queue and s.sub_consumer = c.co_id and c.co_name = worker;
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_coop.unregister_subconsumer(i_queue_name, i_consumer_name, i_subconsumer_name, i_batch_handling) -> int4
--     Removes a subconsumer. With an open batch: i_batch_handling 1 drops the batch, its events are not seen again by
--     anybody; 0 refuses.
-- Result: 1 removed, 0 not registered.
-- Errors: 'subconsumer has active batch'.
-- ----------------------------------------------------------------------
create or replace function pgq_coop.unregister_subconsumer(
    i_queue_name text, i_consumer_name text, i_subconsumer_name text, i_batch_handling integer)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    s pgq.subscription;
begin
    select t.* into s
      from pgq.queue q
      join pgq.subscription t on t.sub_queue = q.queue_id
      join pgq.consumer c on c.co_id = t.sub_consumer
     where q.queue_name = i_queue_name and c.co_name = i_consumer_name || '.' || i_subconsumer_name
       for update of t;
    if not found then
        return 0;
    end if;
    if s.sub_batch is not null and i_batch_handling is distinct from 1 then
        raise exception 'subconsumer has active batch' using errcode = 'object_in_use',
            detail = format('Queue: %s, subconsumer: %s.%s, batch: %s',
                i_queue_name, i_consumer_name, i_subconsumer_name, s.sub_batch);
    end if;
    delete from pgq.subscription where sub_queue = s.sub_queue and sub_consumer = s.sub_consumer;
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_coop.next_batch_custom(i_queue_name, i_consumer_name, i_subconsumer_name, i_min_lag, i_min_count, i_min_interval
--                            [, i_dead_interval]) -> int8
-- pgq_coop.next_batch(i_queue_name, i_consumer_name, i_subconsumer_name [, i_dead_interval]) -> int8
--     The open batch of the subconsumer; else, with i_dead_interval, the batch of a subconsumer that has not asked for
--     longer than that, which is unregistered; else the next batch of the consumer, limits as in pgq.next_batch_custom.
--     Registers the subconsumer when it is new. A worker that is busy asks again, every third of the dead interval, to
--     keep its batch: nothing else says that it lives (C15). The consumer's row is locked meanwhile, so subconsumers
--     take batches one after another.
-- Result: the batch id, null when there is no batch now.
-- Errors: PQ001; 'main consumer has batch open?' when the consumer is used without subconsumers too.
-- ----------------------------------------------------------------------
create or replace function pgq_coop.next_batch_custom(
    i_queue_name text, i_consumer_name text, i_subconsumer_name text,
    i_min_lag interval, i_min_count int4, i_min_interval interval, i_dead_interval interval)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    main   pgq.subscription;
    worker pgq.subscription;
    dead   pgq.subscription;
    batch  record;
begin
    if not exists (select from pgq.queue q join pgq.subscription s on s.sub_queue = q.queue_id
                     join pgq.consumer c on c.co_id = s.sub_consumer
                    where q.queue_name = i_queue_name and c.co_name = i_consumer_name || '.' || i_subconsumer_name) then
        perform pgq_coop.register_subconsumer(i_queue_name, i_consumer_name, i_subconsumer_name);
    end if;
    main := pgq_client.subscription(i_queue_name, i_consumer_name);
    select * into main from pgq.subscription
     where ctid = pgq_client.subscription_ctid(main.sub_queue, main.sub_consumer) for update;
    if not found then
        return null;
    end if;
    if main.sub_next_tick is not null then
        raise exception 'main consumer has batch open?' using errcode = 'object_in_use',
            detail = format('Queue: %s, consumer: %s', i_queue_name, i_consumer_name);
    end if;
    worker := pgq_client.subscription(i_queue_name, i_consumer_name || '.' || i_subconsumer_name);
    if worker.sub_batch is not null then
        update pgq.subscription set sub_active = now()
         where ctid = pgq_client.subscription_ctid(worker.sub_queue, worker.sub_consumer);
        return worker.sub_batch;
    end if;

    -- The deletion is what takes the batch away: one worker gets it, and its former owner finds that it has none (C16).
    delete from pgq.subscription
     where sub_queue = main.sub_queue
       and sub_consumer = (select sub_consumer from pgq.subscription
                            where sub_queue = main.sub_queue and sub_id = main.sub_id
                              and sub_consumer not in (main.sub_consumer, worker.sub_consumer)
                              and sub_active < now() - i_dead_interval
                            order by sub_batch limit 1)
    returning * into dead;
    if dead.sub_batch is not null then
        update pgq.subscription
           set sub_batch = dead.sub_batch, sub_last_tick = dead.sub_last_tick, sub_next_tick = dead.sub_next_tick,
               sub_active = now()
         where ctid = pgq_client.subscription_ctid(worker.sub_queue, worker.sub_consumer);
        return dead.sub_batch;
    end if;

    select b.* into batch from pgq.next_batch_custom(i_queue_name, i_consumer_name, i_min_lag, i_min_count, i_min_interval) b;
    if batch.batch_id is null then
        return null;
    end if;
    update pgq.subscription
       set sub_batch = null, sub_last_tick = sub_next_tick, sub_next_tick = null, sub_active = now()
     where ctid = pgq_client.subscription_ctid(main.sub_queue, main.sub_consumer);
    update pgq.subscription
       set sub_batch = batch.batch_id, sub_last_tick = batch.prev_tick_id, sub_next_tick = batch.cur_tick_id,
           sub_active = now()
     where ctid = pgq_client.subscription_ctid(worker.sub_queue, worker.sub_consumer);
    return batch.batch_id;
end
$$;

create or replace function pgq_coop.next_batch_custom(
    i_queue_name text, i_consumer_name text, i_subconsumer_name text,
    i_min_lag interval, i_min_count int4, i_min_interval interval)
returns bigint
language sql as $$
    select pgq_coop.next_batch_custom(
        i_queue_name, i_consumer_name, i_subconsumer_name, i_min_lag, i_min_count, i_min_interval, null)
$$;

create or replace function pgq_coop.next_batch(
    i_queue_name text, i_consumer_name text, i_subconsumer_name text, i_dead_interval interval)
returns bigint
language sql as $$
    select pgq_coop.next_batch_custom(i_queue_name, i_consumer_name, i_subconsumer_name, null, null, null, i_dead_interval)
$$;

create or replace function pgq_coop.next_batch(i_queue_name text, i_consumer_name text, i_subconsumer_name text)
returns bigint
language sql as $$
    select pgq_coop.next_batch_custom(i_queue_name, i_consumer_name, i_subconsumer_name, null, null, null, null)
$$;

-- ----------------------------------------------------------------------
-- pgq_coop.finish_batch(i_batch_id) -> int4
--     Closes the batch of a subconsumer.
-- Result: 1; 0 with a warning when there is no such batch: it was taken over (C16).
-- ----------------------------------------------------------------------
create or replace function pgq_coop.finish_batch(i_batch_id bigint) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update pgq.subscription
       set sub_active = now(), sub_last_tick = null, sub_next_tick = null, sub_batch = null
     where sub_batch = i_batch_id;
    if not found then
        raise warning 'coop_finish_batch: batch % not found', i_batch_id;
        return 0;
    end if;
    return 1;
end
$$;

create or replace function pgq_coop.version() returns text
language sql immutable as $$ select '3.5.0' $$;

end $pgq$;
