-- The text of a table's capture function. It is generated, since a generic one that reads the catalog is 100 times slower.

-- `insert into` the current event table of the queue. The number of that table comes from an IMMUTABLE function that rotation replaces, so
-- that PL/pgSQL inlines it; where rotation is that of the C extension, from the queue's row, read after the transaction has its xid (C13).
create or replace function londiste.capture_insert_sql(i_queue_id int, i_values text)
returns text
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_number text := case
        when to_regprocedure(format('pgq.event_table_no_%s()', i_queue_id)) is not null then format('pgq.event_table_no_%s()', i_queue_id)
        else format('(select queue_cur_table from pgq.queue where queue_id operator(pg_catalog.=) %s)', i_queue_id)
    end;
    v_sql text := format(E'        v_number := %s;\n', v_number);
begin
    for i in 0..2 loop
        v_sql := v_sql
            || case i
                when 0 then E'        if v_number operator(pg_catalog.=) 0 then\n'
                when 1 then E'        elsif v_number operator(pg_catalog.=) 1 then\n'
                else E'        else\n'
            end
            || format('            insert into pgq.event_%s_%s', i_queue_id, i)
            || E'\n                (ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)\n            values ('
            || format('pg_catalog.nextval(%L), pg_catalog.now(), ', format('pgq.event_%s_id_seq', i_queue_id)) || i_values || E');\n';
    end loop;
    return v_sql || E'        end if;\n';
end
$$;

-- A JSON object of the key columns of `new` or `old`.
create or replace function londiste.capture_key_sql(i_row text, i_key text[])
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select 'pg_catalog.json_build_object(' || string_agg(format('%L, %s.%I', k, i_row, k), ', ' order by ord) || ')'
    from unnest(i_key) with ordinality as u (k, ord)
$$;

-- Is the text of the key another one (C03)? The texts are compared, never the values: equal numerics have several texts, and the
-- equality of a type may stand in a schema that is not in the search path.
create or replace function londiste.capture_key_changed_sql(i_key text[])
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select '(' || londiste.capture_key_sql('old', i_key) || ')::pg_catalog.text operator(pg_catalog.<>) ('
        || londiste.capture_key_sql('new', i_key) || ')::pg_catalog.text'
$$;

-- The whole body for row triggers.
create or replace function londiste.capture_row_body(
    i_queue_id int, i_name text, i_relation oid, i_key text[], i_backup boolean)
returns text
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_keys text := array_to_string(i_key, ',');
    v_record_text boolean := exists (
        select from pg_attribute a
        where a.attrelid = i_relation and a.attnum > 0 and not a.attisdropped and not londiste.json_is_exact(a.atttypid));
    v_new_text text := case when v_record_text then 'new::pg_catalog.text' else 'null' end;
    v_old_text text := case when v_record_text then 'old::pg_catalog.text' else 'null' end;
    v_backup text := case when i_backup then 'pg_catalog.row_to_json(old)' else 'null' end;
begin
    return E'
declare
    v_data pg_catalog.text;
    v_old_key pg_catalog.text;
    v_number pg_catalog.int4;
begin
    if pg_catalog.current_setting(''session_replication_role'') operator(pg_catalog.=) ''local'' then
        return null;
    end if;
    if tg_op operator(pg_catalog.=) ''INSERT'' then
        v_data := pg_catalog.row_to_json(new);\n'
        || londiste.capture_insert_sql(i_queue_id, format('%L, v_data, %L, null, null, %s', 'I:' || v_keys, i_name, v_new_text))
        || E'    elsif tg_op operator(pg_catalog.=) ''UPDATE'' then
        v_data := pg_catalog.row_to_json(new);
        if ' || londiste.capture_key_changed_sql(i_key) || E' then
            v_old_key := ' || londiste.capture_key_sql('old', i_key) || E';
        end if;\n'
        || londiste.capture_insert_sql(i_queue_id, format('%L, v_data, %L, v_old_key, %s, %s', 'U:' || v_keys, i_name, v_backup, v_new_text))
        || E'    elsif tg_op operator(pg_catalog.=) ''DELETE'' then
        v_data := pg_catalog.row_to_json(old);\n'
        || londiste.capture_insert_sql(i_queue_id, format('%L, v_data, %L, null, null, %s', 'D:' || v_keys, i_name, v_old_text))
        || E'    else\n'
        || londiste.capture_insert_sql(i_queue_id, format('%L, null, %L, null, null, null', 'R', i_name))
        || E'    end if;
    return null;
end\n';
end
$$;
