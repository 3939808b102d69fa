-- Schema pgq_ext: a consumer keeps its position on another database, in the transaction of its own work there, and so does
-- nothing twice. It needs no queue in that database. Where the extension of that name is installed, it is kept.

do $pgq$ begin if exists (select from pg_extension where extname = 'pgq_ext') then return; end if;

create schema if not exists pgq_ext;

create table if not exists pgq_ext.completed_tick (
    consumer_id    text   not null,
    subconsumer_id text   not null,
    last_tick_id   bigint not null,
    constraint completed_tick_pkey primary key (consumer_id, subconsumer_id)
);

create table if not exists pgq_ext.completed_batch (
    consumer_id    text   not null,
    subconsumer_id text   not null,
    last_batch_id  bigint not null,
    constraint completed_batch_pkey primary key (consumer_id, subconsumer_id)
);

create table if not exists pgq_ext.completed_event (
    consumer_id    text   not null,
    subconsumer_id text   not null,
    batch_id       bigint not null,
    event_id       bigint not null,
    constraint completed_event_pkey primary key (consumer_id, subconsumer_id, batch_id, event_id)
);

create table if not exists pgq_ext.partial_batch (
    consumer_id    text   not null,
    subconsumer_id text   not null,
    cur_batch_id   bigint not null,
    constraint partial_batch_pkey primary key (consumer_id, subconsumer_id)
);

-- ----------------------------------------------------------------------
-- pgq_ext.is_batch_done(a_consumer [, a_subconsumer], a_batch_id) -> boolean
--     Whether that batch is the last one the consumer has done.
-- pgq_ext.set_batch_done(a_consumer [, a_subconsumer], a_batch_id) -> boolean
--     Notes it as done. Result: false when it was noted already.
-- ----------------------------------------------------------------------
create or replace function pgq_ext.is_batch_done(a_consumer text, a_subconsumer text, a_batch_id bigint)
returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from pgq_ext.completed_batch
                    where consumer_id = a_consumer and subconsumer_id = a_subconsumer and last_batch_id = a_batch_id)
$$;

create or replace function pgq_ext.set_batch_done(a_consumer text, a_subconsumer text, a_batch_id bigint)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- One statement: two workers that do the same batch wait for each other here, and only one of them gets true.
    insert into pgq_ext.completed_batch as b (consumer_id, subconsumer_id, last_batch_id)
    values (a_consumer, a_subconsumer, a_batch_id)
    on conflict (consumer_id, subconsumer_id) do update
       set last_batch_id = excluded.last_batch_id
     where b.last_batch_id <> excluded.last_batch_id;
    return found;
end
$$;

create or replace function pgq_ext.is_batch_done(a_consumer text, a_batch_id bigint) returns boolean
language sql as $$ select pgq_ext.is_batch_done(a_consumer, '', a_batch_id) $$;

create or replace function pgq_ext.set_batch_done(a_consumer text, a_batch_id bigint) returns boolean
language sql as $$ select pgq_ext.set_batch_done(a_consumer, '', a_batch_id) $$;

-- ----------------------------------------------------------------------
-- pgq_ext.is_event_done(a_consumer [, a_subconsumer], a_batch_id, a_event_id) -> boolean
--     Whether the consumer has done that event of that batch.
-- pgq_ext.set_event_done(a_consumer [, a_subconsumer], a_batch_id, a_event_id) -> boolean
--     Notes it as done, and forgets the events of the batch before. Result: false when it was noted already.
-- ----------------------------------------------------------------------
create or replace function pgq_ext.is_event_done(
    a_consumer text, a_subconsumer text, a_batch_id bigint, a_event_id bigint)
returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from pgq_ext.completed_event
                    where consumer_id = a_consumer and subconsumer_id = a_subconsumer
                      and batch_id = a_batch_id and event_id = a_event_id)
$$;

create or replace function pgq_ext.set_event_done(
    a_consumer text, a_subconsumer text, a_batch_id bigint, a_event_id bigint)
returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if pgq_ext.is_event_done(a_consumer, a_subconsumer, a_batch_id, a_event_id) then
        return false;
    end if;
    insert into pgq_ext.partial_batch as p (consumer_id, subconsumer_id, cur_batch_id)
    values (a_consumer, a_subconsumer, a_batch_id)
    on conflict (consumer_id, subconsumer_id) do update
       set cur_batch_id = excluded.cur_batch_id
     where p.cur_batch_id <> excluded.cur_batch_id;
    if found then
        delete from pgq_ext.completed_event
         where consumer_id = a_consumer and subconsumer_id = a_subconsumer and batch_id <> a_batch_id;
    end if;
    insert into pgq_ext.completed_event (consumer_id, subconsumer_id, batch_id, event_id)
    values (a_consumer, a_subconsumer, a_batch_id, a_event_id)
    on conflict do nothing;
    return found;
end
$$;

create or replace function pgq_ext.is_event_done(a_consumer text, a_batch_id bigint, a_event_id bigint) returns boolean
language sql as $$ select pgq_ext.is_event_done(a_consumer, '', a_batch_id, a_event_id) $$;

create or replace function pgq_ext.set_event_done(a_consumer text, a_batch_id bigint, a_event_id bigint) returns boolean
language sql as $$ select pgq_ext.set_event_done(a_consumer, '', a_batch_id, a_event_id) $$;

-- ----------------------------------------------------------------------
-- pgq_ext.get_last_tick(a_consumer [, a_subconsumer]) -> int8
--     The last tick the consumer has completed, null when none.
-- pgq_ext.set_last_tick(a_consumer [, a_subconsumer], a_tick_id) -> int4
--     Notes it; null forgets the consumer. Result: 1.
-- ----------------------------------------------------------------------
create or replace function pgq_ext.get_last_tick(a_consumer text, a_subconsumer text) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select (select last_tick_id from pgq_ext.completed_tick
             where consumer_id = a_consumer and subconsumer_id = a_subconsumer)
$$;

create or replace function pgq_ext.set_last_tick(a_consumer text, a_subconsumer text, a_tick_id bigint) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if a_tick_id is null then
        delete from pgq_ext.completed_tick where consumer_id = a_consumer and subconsumer_id = a_subconsumer;
    else
        insert into pgq_ext.completed_tick (consumer_id, subconsumer_id, last_tick_id)
        values (a_consumer, a_subconsumer, a_tick_id)
        on conflict (consumer_id, subconsumer_id) do update set last_tick_id = excluded.last_tick_id;
    end if;
    return 1;
end
$$;

create or replace function pgq_ext.get_last_tick(a_consumer text) returns bigint
language sql as $$ select pgq_ext.get_last_tick(a_consumer, '') $$;

create or replace function pgq_ext.set_last_tick(a_consumer text, a_tick_id bigint) returns integer
language sql as $$ select pgq_ext.set_last_tick(a_consumer, '', a_tick_id) $$;

create or replace function pgq_ext.version() returns text
language sql immutable as $$ select '3.5.0' $$;

create or replace function pgq_ext.upgrade_schema() returns integer
language sql as $$ select 0 $$;

end $pgq$;
