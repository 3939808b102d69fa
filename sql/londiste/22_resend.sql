-- RESEND: existing rows of a captured table as events for one consumer, which had no part in their changes.

-- Sends the next rows in the order of the key: at most i_limit, those after i_after (the JSON object of the last key sent; null = from the
-- beginning), that satisfy i_where (SQL of the operator's own; names other than columns qualified). Each is an event I owned by the consumer.
-- The rows are locked against changes until the transaction ends: a change before has a smaller event id, one after a larger one. So call it
-- with short transactions, one chunk each. In a mirror queue, whose ids come from elsewhere, the rows are sent between two batches, and LD009
-- is raised for a table that is not in sync. Returns how many were sent, and the key that the chunk ends with; no key: the end is reached. A
-- chunk without rows is not the end: they went while it waited for their lock.
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
    v_after text;
    v_end text;
    v_from text := format('from %s %s as "!row"', case when v_table.partitions is null then 'only' else '' end, v_table.relation);
    v_rest text;
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
    -- A value for each column, not one row for all: only so a key of several columns is looked up in its index.
    select
        string_agg(format('(select %I from json_populate_record(null::%s, $1))', k, v_table.relation), ', ' order by ord),
        string_agg(format('(select %I from json_populate_record(null::%s, $2))', k, v_table.relation), ', ' order by ord)
    into v_after, v_end
    from unnest(v_table.key_columns) with ordinality as u (k, ord);
    v_rest := concat_ws(
        ' and ', case when i_after is not null then format('(%s) > (%s)', v_key, v_after) end, '(' || i_where || ')');
    -- Where the chunk ends is read without a lock. A lock waits, and finds the row as it is then, perhaps with a key far behind the rows after
    -- it: a chunk that ended there would leave those out. A row whose key has left the chunk meanwhile has an event that says so.
    execute concat_ws(
        ' ',
        format('select row_to_json("!key") from (select %s', v_key), v_from, 'where ' || nullif(v_rest, ''),
        format('order by %1$s limit $2) as "!key" order by %2$s limit 1',
            v_key, (select string_agg(format('%I desc', k), ', ' order by ord) from unnest(v_table.key_columns) with ordinality as u (k, ord))))
    into last_key
    using i_after, i_limit;
    rows_sent := 0;
    if last_key is null then
        return;
    end if;
    execute format(
        'with "!rows" as materialized (select "!row" %1$s where %2$s order by %3$s for share) '
        || 'insert into %4$s (ev_id, ev_time, ev_owner, ev_type, ev_data, ev_extra1, ev_extra4) '
        || 'select nextval(%5$L), now(), $3, %6$L, row_to_json("!row"), %7$L, %8$s from "!rows"',
        v_from, concat_ws(' and ', nullif(v_rest, ''), format('(%s) <= (%s)', v_key, v_end)), v_key,
        londiste.event_table(v_queue_id), v_ids,
        'I:' || array_to_string(v_table.key_columns, ','), v_table.table_name,
        case when londiste.rows_are_exact(v_table.relation) then 'null' else '"!row"::text' end)
    using i_after, last_key, v_owner;
    get diagnostics rows_sent = row_count;
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
