-- RESEND: existing rows of a captured table as events for one consumer, which had no part in their changes.

-- Sends the next rows in the order of the key: at most i_limit, those after i_after (the JSON object of the last key sent; null = from the
-- beginning), that satisfy i_where (SQL of the operator's own; names other than columns qualified). Each is an event I owned by the consumer.
-- The rows are locked against changes until the transaction ends: a change before has a smaller event id, one after a larger one. So call it
-- with short transactions, one chunk each. In a mirror queue, whose ids come from elsewhere, the rows are sent between two batches, and LD009
-- is raised for a table that is not in sync. Returns how many were sent, and the last key; none: the end is reached.
create or replace function londiste.resend_rows(
    i_queue_name text, i_consumer_name text, i_table_name text, i_after json, i_limit int, i_where text default null,
    out rows_sent bigint, out last_key json)
returns record
language plpgsql
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmloption = 'content'
set array_nulls = on
set row_security = off
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
    v_queue_id int := (select queue_id from pgq.queue where queue_name = i_queue_name);
    v_owner int := londiste.subscription_id(i_queue_name, i_consumer_name);
    v_ids text := format('pgq.event_%s_id_seq', v_queue_id);
    v_key text := (select string_agg(format('%I', k), ', ' order by ord) from unnest(v_table.key_columns) with ordinality as u (k, ord));
    v_problem text;
begin
    if v_table.capture = 'mirror' then
        v_ids := londiste.pause_mirror(i_queue_name);
        -- Whoever empties the table for a copy has changed its state before, and waits from here on.
        execute format('lock table %s in row share mode', v_table.relation);
        v_problem := londiste.mirror_problem(i_queue_name, v_table.table_name);
        if v_problem is not null then
            raise exception 'rows of table % cannot be sent from the mirror %: %', v_table.table_name, i_queue_name, v_problem
                using errcode = 'LD009', hint = 'Wait until SUBSCRIBER_TABLES shows it as ok.';
        end if;
    end if;
    execute format(
        'with "!rows" as materialized ('
        || 'select "!row" from %1$s %2$s as "!row" where %3$s order by %4$s limit $2 for share'
        || '), "!sent" as ('
        || 'insert into %5$s (ev_id, ev_time, ev_owner, ev_type, ev_data, ev_extra1, ev_extra4) '
        || 'select nextval(%6$L), now(), $3, %7$L, row_to_json("!row"), %8$L, %9$s from "!rows" returning ev_id, ev_data) '
        || 'select count(*), (array_agg(ev_data order by ev_id desc))[1]::json from "!sent"',
        case when v_table.partitions is null then 'only' else '' end, v_table.relation,
        concat_ws(
            ' and ',
            format('(%s) > (select %1$s from json_populate_record(null::%s, $1))', v_key, v_table.relation)
                || case when i_after is null then ' is not false' else '' end,
            '(' || i_where || ')'),
        v_key, londiste.event_table(v_queue_id), v_ids,
        'I:' || array_to_string(v_table.key_columns, ','), v_table.table_name,
        case when londiste.rows_are_exact(v_table.relation) then 'null' else '"!row"::text' end)
    into rows_sent, last_key
    using i_after, i_limit, v_owner;
    last_key := (select json_object_agg(k, last_key -> k order by ord) from unnest(v_table.key_columns) with ordinality as u (k, ord)
        where last_key is not null);
end
$$;

create or replace function londiste.subscription_id(i_queue_name text, i_consumer_name text)
returns int
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_id int;
begin
    select s.sub_id into v_id
    from pgq.subscription s
        join pgq.queue q on q.queue_id = s.sub_queue
        join pgq.consumer c on c.co_id = s.sub_consumer
    where q.queue_name = i_queue_name and c.co_name = i_consumer_name;
    if not found then
        raise exception 'consumer % is not registered on queue %', i_consumer_name, i_queue_name using errcode = 'PQ002';
    end if;
    return v_id;
end
$$;
