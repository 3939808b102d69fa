-- Events for rows that are there already: what no trigger has seen.

-- The event table that is current. The transaction has its xid before (C13), and the function is read whatever the snapshot is.
create or replace function londiste.event_table(i_queue_id int)
returns text
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_number int;
begin
    perform txid_current();
    if to_regprocedure(format('pgq.event_table_no_%s()', i_queue_id)) is not null then
        execute format('select pgq.event_table_no_%s()', i_queue_id) into v_number;
    else
        select queue_cur_table into v_number from pgq.queue where queue_id = i_queue_id;
    end if;
    return format('pgq.event_%s_%s', i_queue_id, v_number);
end
$$;

-- Inserts an event for every row of i_relation (the registered table itself, or a leaf of it): I, as if it had just been inserted, or D.
-- i_where: a condition in SQL, of the caller's own. i_owner: the subscription that alone gets the events, null for all. Returns their number.
-- The caller holds a lock under which the rows cannot change.
create or replace function londiste.emit_rows(
    i_table londiste.provider_table, i_relation oid, i_op text, i_where text default null, i_owner int default null)
returns bigint
language plpgsql
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set row_security = off
as $$
declare
    v_queue_id int;
    v_rows bigint;
begin
    select queue_id into v_queue_id from pgq.queue where queue_name = i_table.queue_name;
    execute format(
        'insert into %s (ev_id, ev_time, ev_owner, ev_type, ev_data, ev_extra1, ev_extra4) '
        || 'select nextval(%L), now(), $1, %L, row_to_json("!row"), %L, %s from %s %s as "!row"%s',
        londiste.event_table(v_queue_id), format('pgq.event_%s_id_seq', v_queue_id),
        i_op || ':' || array_to_string(i_table.key_columns, ','), i_table.table_name,
        case when londiste.rows_are_exact(i_relation) then 'null' else '"!row"::text' end,
        case when (select relkind from pg_class where oid = i_relation) = 'p' then '' else 'only' end, i_relation::regclass,
        coalesce(' where ' || i_where, ''))
    using i_owner;
    get diagnostics v_rows = row_count;
    return v_rows;
end
$$;
