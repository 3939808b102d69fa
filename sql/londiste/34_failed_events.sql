-- Changes that the subscriber refused, kept for tables with on_failure = FAILED_QUEUE: as they were to be applied, after filter and expressions,
-- so that nothing else is needed to apply them later. Later changes of a key that is in here follow it, in order (C32).

create table if not exists londiste.failed_event (
    queue_name      text not null,
    table_name      text not null,
    ev_id           bigint not null,
    ev_txid         bigint not null,
    operation       text not null,
    key_columns     text[] not null,
    row_columns     text[] not null,
    row_values      text[] not null,
    old_key         text[],                     -- in the order of key_columns; null when the key stayed
    sql_state       text,                       -- null: it follows an earlier event of its key
    reason          text not null,
    failed_at       timestamptz not null default now(),
    primary key (queue_name, table_name, ev_id)
);

-- Keeps a change. The same event may fail again after it was tried again.
create or replace function londiste.keep_failed_event(
    i_queue_name text, i_table_name text, i_ev_id bigint, i_ev_txid bigint, i_operation text, i_key_columns text[],
    i_row_columns text[], i_row_values text[], i_old_key text[], i_sql_state text, i_reason text)
returns void
language sql
set search_path = pg_catalog
as $$
    insert into londiste.failed_event (queue_name, table_name, ev_id, ev_txid, operation, key_columns, row_columns, row_values, old_key,
        sql_state, reason)
    values (i_queue_name, i_table_name, i_ev_id, i_ev_txid, i_operation, i_key_columns, i_row_columns, i_row_values, i_old_key,
        i_sql_state, i_reason);
$$;

-- The keys that later changes must not overtake: the key of every kept change, and the one that it had before.
create or replace function londiste.failed_keys(i_queue_name text, i_tables text[], out table_name text, out key_values text[])
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select f.table_name, array(
            select f.row_values[array_position(f.row_columns, k)] from unnest(f.key_columns) with ordinality as u (k, nr) order by nr)
    from londiste.failed_event f
    where f.queue_name = i_queue_name and f.table_name = any (i_tables)
    union
    select f.table_name, f.old_key
    from londiste.failed_event f
    where f.queue_name = i_queue_name and f.table_name = any (i_tables) and f.old_key is not null
$$;

-- What a person sees: the key, not the row.
create or replace function londiste.failed_events(
    i_queue_name text,
    out table_name text, out event_id bigint, out operation text, out key text, out sql_state text, out reason text, out failed_at timestamptz)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select f.table_name, f.ev_id, f.operation,
        (select string_agg(k || '=' || coalesce(f.old_key[nr], f.row_values[array_position(f.row_columns, k)]), ',' order by nr)
            from unnest(f.key_columns) with ordinality as u (k, nr)),
        f.sql_state, f.reason, f.failed_at
    from londiste.failed_event f
    where f.queue_name = i_queue_name
    order by f.table_name, f.ev_id
$$;

-- Takes kept changes of a table out, all or one of them, in the order of their events.
create or replace function londiste.take_failed_events(i_queue_name text, i_table_name text, i_ev_id bigint default null)
returns setof londiste.failed_event
language sql
set search_path = pg_catalog
as $$
    with taken as (
        delete from londiste.failed_event
        where queue_name = i_queue_name and table_name = i_table_name and (i_ev_id is null or ev_id = i_ev_id)
        returning *
    )
    select * from taken order by ev_id
$$;
