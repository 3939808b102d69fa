-- Rows that were changed again before their first change was captured.
--
-- An update of two rows queues both; then the triggers of the first row fire, and a user's AFTER trigger among them (or a cascading foreign
-- key) may change the second row, which is captured at once: before the second row's first change. Applied in that order, the older row would
-- win. The name of our trigger helps within one row only.
--
-- The row version that our trigger is called for is no longer current then, which its xmax betrays. Instead of it the event carries the row as
-- it is now. Where that first change made the key (an insert, or an update of the key), the event that came too early is mended as well.

-- Captures the row if its version is no longer the current one, and says whether it was so. i_old_key is null unless an update changed the key.
create or replace function londiste.capture_overtaken(
    i_nr int, i_leaf oid, i_version tid, i_new record, i_is_insert boolean, i_old record, i_old_key text)
returns boolean
language plpgsql
set search_path = pg_catalog
set row_security = off
as $$
declare
    v_table londiste.provider_table;
    v_is_current boolean;
    v_new json;
    v_row text;
    v_text text;
begin
    execute format('select exists (select from only %s as "!row" where "!row".ctid = $1)', i_leaf::regclass) into v_is_current using i_version;
    if v_is_current then
        return false;
    end if;
    select * into v_table from londiste.provider_table where nr = i_nr;
    v_new := londiste.exact_json(i_new);
    if i_is_insert then
        v_is_current := not londiste.mend_early_event(v_table, v_new, null, null, null);
    elsif i_old_key is not null then
        v_is_current := not londiste.mend_early_event(v_table, v_new, londiste.exact_json(i_old), londiste.exact_text(i_old), i_old_key);
    elsif v_table.backup then
        perform londiste.mend_old_row(v_table, v_new, londiste.exact_json(i_old), londiste.exact_text(i_old));
    end if;
    -- The later change is not captured yet: a cascade of foreign keys fires its triggers after ours.
    if v_is_current then
        return false;
    end if;
    select r.row_json, r.row_text into v_row, v_text from londiste.current_row(v_table, v_new) r;
    if v_row is not null then
        execute (
            select format(
                'insert into %s (ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra3, ev_extra4) '
                || 'values (nextval(%L), now(), %L, $1, %L, $2, $3)',
                londiste.event_table(q.queue_id), format('pgq.event_%s_id_seq', q.queue_id),
                'U:' || array_to_string(v_table.key_columns, ','), v_table.table_name)
            from pgq.queue q where q.queue_name = v_table.queue_name)
        -- This event changes nothing that the early one has not changed.
        using v_row, case when v_table.backup then v_row end, v_text || case when v_table.backup then v_text else '' end;
    end if;
    return true;
exception when insufficient_privilege then
    -- Whoever owns the capture functions may not read the table, or only some of its rows: the row as our trigger saw it, rather than none.
    return false;
end
$$;

-- The row that has the key of i_row now, if any.
create or replace function londiste.current_row(i_table londiste.provider_table, i_row json, out row_json text, out row_text text)
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
as $$
declare
    v_key text := (select string_agg(format('%I', k), ', ' order by ord) from unnest(i_table.key_columns) with ordinality as u (k, ord));
begin
    execute format(
        'select row_to_json("!row"), "!row"::text from %1$s %2$s as "!row" '
        || 'where (%3$s) = (select %3$s from json_populate_record(null::%2$s, $1) as "!key")',
        case when i_table.partitions is null then 'only' else '' end, i_table.relation, v_key)
    into row_json, row_text using i_row;
end
$$;

-- The values of the key columns in a row, as one text.
create or replace function londiste.key_text(i_key text[], i_row json)
returns text
language sql immutable
set search_path = pg_catalog
as $$ select string_agg(coalesce((i_row -> k)::text, ''), ',' order by ord) from unnest(i_key) with ordinality as u (k, ord) $$;

-- Events of this transaction that concern a key, in their order.
create or replace function londiste.events_of_key(
    i_table londiste.provider_table, i_row json,
    out event_table regclass, out ev_id bigint, out op text, out has_key boolean, out had_key boolean, out changes_key boolean)
returns setof record
language plpgsql
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmloption = 'content'
set array_nulls = on
as $$
declare
    v_key text[] := i_table.key_columns;
    v_is_exact boolean := londiste.key_is_exact(i_table.relation, v_key);
    -- Old keys hold as text what rows hold as JSON.
    v_old_key text := case when v_is_exact then 'e.ev_extra2::json'
        else format('row_to_json(json_populate_record(null::%s, e.ev_extra2::json))', i_table.relation) end;
    v_value text := case when v_is_exact then (i_row -> v_key[1])::text else '' end;
begin
    return query execute format(
        'select k.* from ('
        || 'select e.tableoid::regclass, e.ev_id, left(e.ev_type, 1), londiste.key_text($1, e.ev_data::json) = $2 as has_key, '
        || 'coalesce(londiste.key_text($1, %s) = $2, false) as had_key, e.ev_extra2 is not null '
        || 'from pgq.event_%s e where e.ev_txid = txid_current() and e.ev_extra1 = $3 and e.ev_data is not null and e.ev_owner is null '
        -- a cheap test first: a long transaction has many events
        || 'and (strpos(e.ev_data, $4) > 0 or strpos(e.ev_extra2, $4) > 0)) k where k.has_key or k.had_key order by 2',
        v_old_key, (select queue_id from pgq.queue where queue_name = i_table.queue_name))
    using v_key, londiste.key_text(v_key, i_row), i_table.table_name, v_value;
end
$$;

-- The key's last life in this transaction that no event begins: its first event came too early. An update becomes the insert, or the change from
-- the old key; a delete deletes the old key, or nothing. False when there is none.
create or replace function londiste.mend_early_event(
    i_table londiste.provider_table, i_new json, i_old_row text, i_old_text text, i_old_key text)
returns boolean
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_event record;
    v_first record;
    v_early record;
    v_lives boolean := false;
    v_was_begun boolean;
begin
    for v_event in select * from londiste.events_of_key(i_table, i_new) loop
        if not v_lives then
            v_first := v_event;
            v_was_begun := v_event.has_key and (v_event.op = 'I' or v_event.changes_key);
            v_lives := true;
        end if;
        if v_event.op = 'D' or not v_event.has_key then
            if not v_was_begun then
                v_early := v_first;
            end if;
            v_lives := false;
        end if;
    end loop;
    if v_lives and not v_was_begun then
        v_early := v_first;
    end if;
    if v_early is null then
        return false;
    end if;
    execute format(
        case
            when v_early.op = 'D' and i_old_key is null then 'delete from %s where ev_id = $1'
            when v_early.op = 'D' then 'update %s set ev_data = $3, ev_extra4 = $4 where ev_id = $1'
            when i_old_key is null then 'update %s set ev_type = ''I'' || substr(ev_type, 2), ev_extra2 = null, ev_extra3 = null, '
                || 'ev_extra4 = londiste.first_record(ev_extra4) where ev_id = $1'
            else 'update %s set ev_extra2 = $2, ev_extra3 = case when ev_extra3 is not null then $3 end, '
                || 'ev_extra4 = case when ev_extra3 is null then ev_extra4 else londiste.first_record(ev_extra4) || $4 end where ev_id = $1'
        end,
        v_early.event_table)
    using v_early.ev_id, i_old_key, i_old_row, i_old_text;
    return true;
end
$$;

-- Where updates carry their old rows (ev_extra3): the old row of the event that came too early is the version that our trigger was called for;
-- it becomes the one before. A row is recognized by what its JSON says under fixed settings, since the writer's may differ.
create or replace function londiste.mend_old_row(i_table londiste.provider_table, i_new json, i_old_row text, i_old_text text)
returns void
language plpgsql
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmloption = 'content'
set array_nulls = on
as $$
declare
    v_event record;
begin
    execute format(
        'select k.event_table, k.ev_id, k.op from londiste.events_of_key($1, $2) k join pgq.event_template e on e.ev_txid = txid_current() and e.ev_id = k.ev_id '
        || 'and e.tableoid = k.event_table '
        || 'where json_populate_record(null::%1$s, case k.op when ''D'' then e.ev_data else e.ev_extra3 end::json)::text '
        || '= json_populate_record(null::%1$s, $2)::text order by k.ev_id desc limit 1', i_table.relation)
    into v_event using i_table, i_new;
    if v_event.ev_id is not null then
        execute format(
            case v_event.op
                when 'D' then 'update %s set ev_data = $2, ev_extra4 = $3 where ev_id = $1'
                else 'update %s set ev_extra3 = $2, ev_extra4 = londiste.first_record(ev_extra4) || $3 where ev_id = $1'
            end,
            v_event.event_table)
        using v_event.ev_id, i_old_row, i_old_text;
    end if;
end
$$;

-- The first of several texts of records, one behind the other: up to the first parenthesis outside quotes.
create or replace function londiste.first_record(i_records text)
returns text
language sql immutable
set search_path = pg_catalog
as $$ select substring(i_records from '^(?:[^")]|"(?:[^"\\]|\\.)*")*\)') $$;
