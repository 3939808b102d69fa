-- The failed queue of SkyTools 2: events that a consumer gave up, with the reason, until somebody retries or deletes them.
-- It lives in pgq_client, so that it is there beside the C extension too; on our SQL schema pgq has SkyTools' names for it.

create table if not exists pgq_client.failed_queue (
    ev_failed_reason text,
    ev_failed_time   timestamptz not null,

    like pgq.event_template,

    constraint fq_pkey primary key (ev_owner, ev_id)
);
do $$ begin
    if exists (select from pg_attribute
                where attrelid = 'pgq_client.failed_queue'::regclass and attname = 'ev_txid' and attnotnull) then
        alter table pgq_client.failed_queue alter column ev_txid drop not null;
    end if;
end $$;

-- ----------------------------------------------------------------------
-- pgq_client.event_failed(x_batch_id, x_event_id, x_reason) -> int4
--     Copies an event of an open batch into the failed queue of its consumer.
-- Result: 1 done, 0 it is there already.
-- Errors: PQ003 'event not found', 'batch not found'.
-- ----------------------------------------------------------------------
create or replace function pgq_client.event_failed(x_batch_id bigint, x_event_id bigint, x_reason text)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    owner int4 := (select sub_id from pgq.subscription where sub_batch = x_batch_id);
    ev    record;
begin
    execute 'select * from (' || pgq.batch_event_sql(x_batch_id) || ') e where ev_id = $1 limit 1' into ev using x_event_id;
    if ev.ev_id is null then
        raise exception 'event not found' using errcode = 'PQ003',
            detail = format('Batch: %s, event: %s', x_batch_id, x_event_id);
    end if;
    insert into pgq_client.failed_queue (ev_failed_reason, ev_failed_time, ev_id, ev_time, ev_txid, ev_owner, ev_retry,
                                         ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
    values (x_reason, now(), ev.ev_id, ev.ev_time, null, owner, coalesce(ev.ev_retry, 0),
            ev.ev_type, ev.ev_data, ev.ev_extra1, ev.ev_extra2, ev.ev_extra3, ev.ev_extra4)
    on conflict (ev_owner, ev_id) do nothing;
    return found::int4;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.events_failed(x_batch_id, x_event_ids, x_reason) -> int4
--     As event_failed, for many events: that one reads the whole batch for each.
-- Result: how many were not there already.
-- Errors: PQ003 'batch not found'.
-- Called by: whoever skips a batch.
-- ----------------------------------------------------------------------
create or replace function pgq_client.events_failed(x_batch_id bigint, x_event_ids bigint[], x_reason text)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    owner int4 := (select sub_id from pgq.subscription where sub_batch = x_batch_id);
    added integer;
begin
    execute 'insert into pgq_client.failed_queue (ev_failed_reason, ev_failed_time, ev_id, ev_time, ev_txid, ev_owner, ev_retry,'
        || ' ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)'
        || ' select $1, now(), ev_id, ev_time, null, $2, coalesce(ev_retry, 0),'
        || ' ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4'
        || ' from (' || pgq.batch_event_sql(x_batch_id) || ') e where ev_id in (select unnest($3))'
        || ' on conflict (ev_owner, ev_id) do nothing'
        using x_reason, owner, x_event_ids;
    get diagnostics added = row_count;
    return added;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.failed_event_list(x_queue_name, x_consumer_name [, x_count, x_offset]) -> setof failed_queue
--     The failed events of a consumer by event id, all or one page.
-- pgq_client.failed_event_count(x_queue_name, x_consumer_name) -> int4
-- Errors: PQ001, PQ002.
-- ----------------------------------------------------------------------
create or replace function pgq_client.failed_event_list(
    x_queue_name text, x_consumer_name text, x_count integer, x_offset integer)
returns setof pgq_client.failed_queue
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select f.*
      from pgq_client.subscription(x_queue_name, x_consumer_name) s
      join pgq_client.failed_queue f on f.ev_owner = s.sub_id
     order by f.ev_id limit x_count offset x_offset
$$;

create or replace function pgq_client.failed_event_list(x_queue_name text, x_consumer_name text)
returns setof pgq_client.failed_queue
language sql as $$ select * from pgq_client.failed_event_list(x_queue_name, x_consumer_name, null, null) $$;

create or replace function pgq_client.failed_event_count(x_queue_name text, x_consumer_name text) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select count(f.ev_id)::int4
      from pgq_client.subscription(x_queue_name, x_consumer_name) s
      left join pgq_client.failed_queue f on f.ev_owner = s.sub_id
$$;

-- ----------------------------------------------------------------------
-- pgq_client.failed_event_delete(x_queue_name, x_consumer_name, x_event_id) -> int4
--     Forgets a failed event.
-- Result: 1.
-- Errors: PQ001, PQ002; PQ003 'event not found'.
-- pgq_client.failed_event_retry(x_queue_name, x_consumer_name, x_event_id) -> int8
--     Puts a failed event back into the queue, for its own consumer.
-- Result: the event id.
-- Errors: as failed_event_delete.
-- ----------------------------------------------------------------------
create or replace function pgq_client.failed_event_delete(x_queue_name text, x_consumer_name text, x_event_id bigint)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    delete from pgq_client.failed_queue
     where ev_owner = (select sub_id from pgq_client.subscription(x_queue_name, x_consumer_name)) and ev_id = x_event_id;
    if not found then
        raise exception 'event not found' using errcode = 'PQ003',
            detail = format('Queue: %s, consumer: %s, failed event: %s', x_queue_name, x_consumer_name, x_event_id);
    end if;
    return 1;
end
$$;

create or replace function pgq_client.failed_event_retry(x_queue_name text, x_consumer_name text, x_event_id bigint)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    ev pgq_client.failed_queue;
begin
    select * into ev from pgq_client.failed_queue
     where ev_owner = (select sub_id from pgq_client.subscription(x_queue_name, x_consumer_name)) and ev_id = x_event_id
       for update;
    perform pgq_client.failed_event_delete(x_queue_name, x_consumer_name, x_event_id);
    return pgq.insert_event_raw(x_queue_name, ev.ev_id, ev.ev_time, ev.ev_owner, ev.ev_retry, ev.ev_type, ev.ev_data,
        ev.ev_extra1, ev.ev_extra2, ev.ev_extra3, ev.ev_extra4);
end
$$;

do $pgq$ begin if pgq_client.on_extension() then return; end if;

if to_regclass('pgq.failed_queue') is null then
    create view pgq.failed_queue as select * from pgq_client.failed_queue;
end if;

create or replace function pgq.event_failed(x_batch_id bigint, x_event_id bigint, x_reason text) returns integer
language sql as $$ select pgq_client.event_failed(x_batch_id, x_event_id, x_reason) $$;

create or replace function pgq.failed_event_list(x_queue_name text, x_consumer_name text)
returns setof pgq.failed_queue
language sql as $$ select * from pgq_client.failed_event_list(x_queue_name, x_consumer_name) $$;

create or replace function pgq.failed_event_list(
    x_queue_name text, x_consumer_name text, x_count integer, x_offset integer)
returns setof pgq.failed_queue
language sql as $$ select * from pgq_client.failed_event_list(x_queue_name, x_consumer_name, x_count, x_offset) $$;

create or replace function pgq.failed_event_count(x_queue_name text, x_consumer_name text) returns integer
language sql as $$ select pgq_client.failed_event_count(x_queue_name, x_consumer_name) $$;

create or replace function pgq.failed_event_delete(x_queue_name text, x_consumer_name text, x_event_id bigint)
returns integer
language sql as $$ select pgq_client.failed_event_delete(x_queue_name, x_consumer_name, x_event_id) $$;

create or replace function pgq.failed_event_retry(x_queue_name text, x_consumer_name text, x_event_id bigint)
returns bigint
language sql as $$ select pgq_client.failed_event_retry(x_queue_name, x_consumer_name, x_event_id) $$;

end $pgq$;
