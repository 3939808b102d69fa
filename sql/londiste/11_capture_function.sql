-- The text of a table's capture functions. They are generated, since one that reads the catalog at run time is 100 times slower, and they
-- name no column but those of the key, so that a changed table neither loses values nor makes a write fail (C01).
--
-- Safety: the functions are security definer without a SET clause, which would cost 5 to 30 % of a write. Instead every name, type and
-- operator in them is qualified, so that the caller's search_path decides nothing, and the settings a value's text depends on are tested:
-- in a session that has changed one, the text comes from londiste.exact_json, which fixes them.
--
-- Limit (C09): a value of PostgreSQL is at most 1 GB, and so is the JSON of a row, in which a control character takes 6 bytes and a byte of
-- bytea 3. The write of a row beyond that fails; columns as large as this belong into a table of their own that is not replicated.

-- `insert into` the current event table of the queue; between i_start and i_rest come the event's id and time. The number of that table comes
-- from an IMMUTABLE function that rotation replaces, so that PL/pgSQL folds the tests to constants; where rotation is that of the C extension,
-- from the queue's row, read after the transaction has its xid (C13). A number that changes between two tests leads to a table that was
-- current just before, which readers look into as well.
create or replace function londiste.capture_insert_sql(i_queue_id int, i_start text, i_rest text)
returns text
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_number text := case
        when to_regprocedure(format('pgq.event_table_no_%s()', i_queue_id)) is not null then format('pgq.event_table_no_%s()', i_queue_id)
        else format('(select queue_cur_table from pgq.queue where queue_id operator(pg_catalog.=) %s)', i_queue_id)
    end;
    v_sql text := '';
begin
    for i in 0..2 loop
        v_sql := v_sql
            || case i
                when 0 then format(E'    if %s operator(pg_catalog.=) 0 then\n', v_number)
                when 1 then format(E'    elsif %s operator(pg_catalog.=) 1 then\n', v_number)
                else E'    else\n'
            end
            || format('        insert into pgq.event_%s_%s', i_queue_id, i)
            || E'\n            (ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)\n        '
            || i_start || format('pg_catalog.nextval(%L), pg_catalog.now(), ', format('pgq.event_%s_id_seq', i_queue_id)) || i_rest
            || E';\n';
    end loop;
    return v_sql || E'    end if;\n';
end
$$;

-- A JSON object of the key columns of a row. What JSON would show inexactly goes in as text: an old key has no text of its record beside it. A
-- column that is not there any more is null.
drop function if exists londiste.capture_key_sql(text, text[]);
create or replace function londiste.capture_key_sql(i_row text, i_key text[], i_relation oid)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select 'pg_catalog.json_build_object('
        || string_agg(
            format(
                case when a.attname is null then '%L, null'
                    when londiste.json_is_exact(a.atttypid) then '%L, %s.%I'
                    else '%L, (%s.%I)::pg_catalog.text' end,
                k, i_row, k),
            ', ' order by ord)
        || ')'
    from unnest(i_key) with ordinality as u (k, ord)
        left join pg_attribute a on a.attrelid = i_relation and a.attname = k and a.attnum > 0 and not a.attisdropped
$$;

-- Are all columns of the key exact in JSON?
create or replace function londiste.key_is_exact(i_relation oid, i_key text[])
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select coalesce(bool_and(londiste.json_is_exact(a.atttypid)), true)
    from pg_attribute a
    where a.attrelid = i_relation and a.attname = any (i_key::name[]) and a.attnum > 0
$$;

-- Are values of this type equal exactly when their texts are?
create or replace function londiste.equal_as_text(i_type oid)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select t.typtype = 'e' or t.oid in (
        'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'oid'::regtype, 'bool'::regtype, 'uuid'::regtype, 'bytea'::regtype,
        'date'::regtype, 'time'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype,
        'text'::regtype, 'varchar'::regtype, 'name'::regtype)
    from pg_type t
    where t.oid = londiste.base_type(i_type)
$$;

-- Is the text of the key another one (C03)? Texts are compared: equal numerics have several, and the equality of a type may stand in a schema
-- outside the search path. For types of one text a value, their values.
create or replace function londiste.capture_key_changed_sql(i_relation oid, i_key text[])
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case
        when bool_and(londiste.equal_as_text(a.atttypid)) then
            string_agg(
                format(
                    case when a.attcollation <> 0 then 'old.%I collate pg_catalog."C" operator(pg_catalog.<>) new.%1$I'
                        else 'old.%I operator(pg_catalog.<>) new.%1$I' end,
                    a.attname),
                ' or ')
        else
            '(' || londiste.capture_key_sql('old', i_key, i_relation) || ')::pg_catalog.text collate pg_catalog."C" operator(pg_catalog.<>) ('
            || londiste.capture_key_sql('new', i_key, i_relation) || ')::pg_catalog.text'
    end
    from pg_attribute a
    where a.attrelid = i_relation and a.attname = any (i_key::name[])
$$;

-- The types that a type holds: itself, elements, fields, bounds.
create or replace function londiste.inner_types(i_type oid)
returns setof oid
language sql stable
set search_path = pg_catalog
as $$
    with recursive inner_type (oid) as (
        select i_type
        union
        select h.held
        from inner_type i
            join pg_type t on t.oid = i.oid
            cross join lateral (
                select t.typbasetype where t.typtype = 'd'
                union all
                select t.typelem where t.typcategory = 'A'
                union all
                select a.atttypid from pg_attribute a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                union all
                select r.rngsubtype from pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
            ) as h (held)
    )
    select oid from inner_type
$$;

-- When is row_to_json of this session the canonical text? Types of columns may change behind the function, so all settings are tested
-- whatever the table has; a column newer than the function always fails the test. Names of relations (regclass and its like) are complete only
-- under a fixed search_path.
create or replace function londiste.capture_is_canonical_sql(i_relation oid)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select $x$pg_catalog.current_setting('IntervalStyle') collate pg_catalog."C" operator(pg_catalog.=) 'postgres'
            and pg_catalog.current_setting('bytea_output') collate pg_catalog."C" operator(pg_catalog.=) 'hex'
            and pg_catalog.current_setting('extra_float_digits') collate pg_catalog."C" operator(pg_catalog.>) '0'
            and pg_catalog.starts_with(pg_catalog.current_setting('DateStyle'), 'ISO')$x$
        || format(E'\n            and pg_catalog.has_column_privilege(%s::pg_catalog.oid, %s::pg_catalog.int2, ''select'') is null',
            i_relation, max(a.attnum) + 1)
        || case when bool_or(not a.attisdropped and exists (
                    select from londiste.inner_types(a.atttypid) i join pg_type t on t.oid = i where t.typname ~ '^reg' and t.oid < 16384))
            then $x$
            and false$x$ else '' end
    from pg_attribute a
    where a.attrelid = i_relation and a.attnum > 0
$$;

-- Is the function called for the table it was made for (C07)? Leaves that are known need no look into the catalog.
create or replace function londiste.capture_is_own_sql(i_table londiste.provider_table)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select 'tg_relid operator(pg_catalog.=) ' || case
        when coalesce(array_length(i_table.partitions, 1), 0) = 0 then i_table.relation::oid || '::pg_catalog.oid'
        else format('any (%L::pg_catalog.oid[])', i_table.partitions::oid[])
    end
$$;

create or replace function londiste.capture_is_not_local_sql()
returns text
language sql immutable
set search_path = pg_catalog
as $$ select $x$pg_catalog.current_setting('session_replication_role') collate pg_catalog."C" operator(pg_catalog.<>) 'local'$x$ $$;

-- Leaves the function where nothing is to be captured, and refuses a foreign table.
create or replace function londiste.capture_guard_sql(i_table londiste.provider_table)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select format(
        E'    if not (%s) then\n        return null;\n    end if;\n    if not (%s) then\n        perform londiste.check_capture_relation(%s, tg_relid);\n    end if;\n',
        londiste.capture_is_not_local_sql(), londiste.capture_is_own_sql(i_table), i_table.nr)
$$;

-- Other than known: the table's number changed by a restore from a dump, or a leaf is newer than the function; anything else is refused.
create or replace function londiste.check_capture_relation(i_nr int, i_relation oid)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_root oid := coalesce(pg_partition_root(i_relation), i_relation);
begin
    if not exists (select from londiste.provider_table t where t.nr = i_nr and t.relation = v_root) then
        raise exception 'this capture function does not belong to table %', londiste.relation_name(i_relation) using errcode = 'LD009';
    end if;
end
$$;

-- A row as JSON, and as the text of its record, whatever the session has set (C02).
create or replace function londiste.exact_json(i_row record)
returns text
language plpgsql stable
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
    return row_to_json(i_row);
end
$$;

create or replace function londiste.exact_text(i_row record)
returns text
language plpgsql stable
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
    return i_row::text;
end
$$;

-- The old key when its text changed, else null; by the columns' names, of a row of any shape.
create or replace function londiste.exact_old_key(i_old record, i_new record, i_key text[])
returns text
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_old json := londiste.exact_json(i_old);
    v_new json := londiste.exact_json(i_new);
begin
    return (
        select '{' || string_agg(to_json(k.name)::text || ' : ' || coalesce((v_old -> k.name)::text, 'null'), ', ' order by k.ord) || '}'
        from unnest(i_key) with ordinality as k (name, ord)
        having bool_or((v_old -> k.name)::text is distinct from (v_new -> k.name)::text)
    );
end
$$;

-- The same for keys that are not exact in JSON: only with its type, from its text, a record gives a column's own.
create or replace function londiste.exact_old_key(i_old record, i_new record, i_key text[], i_leaf oid)
returns text
language plpgsql stable
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
    v_key text;
begin
    execute format(
        'select "!old" from '
        || '(select (%1$s)::text from (select ($1::%2$s).*) as "!row") as o ("!old"), '
        || '(select (%1$s)::text from (select ($2::%2$s).*) as "!row") as n ("!new") where "!old" <> "!new"',
        londiste.capture_key_sql('"!row"', i_key, i_leaf), i_leaf::regclass)
    into v_key using i_old::text, i_new::text;
    return v_key;
end
$$;

-- Does the text of the key depend on TimeZone? A point in time has one in every zone, all of them exact; but a key must have one text.
create or replace function londiste.key_has_zone(i_table londiste.provider_table)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select exists (
        select from pg_attribute a cross join lateral londiste.inner_types(a.atttypid) t
        where a.attrelid = i_table.relation and a.attname = any (i_table.key_columns::name[]) and t = 'timestamptz'::regtype)
$$;

-- i_sql in time zone UTC. The setting is local and set back at once; an error in between ends the transaction, or the savepoint, and its settings.
create or replace function londiste.capture_in_utc_sql(i_table londiste.provider_table, i_sql text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case when not londiste.key_has_zone(i_table) then i_sql else
        E'        v_zone := pg_catalog.current_setting(''TimeZone'');\n'
        || E'        if v_zone collate pg_catalog."C" operator(pg_catalog.<>) ''UTC'' then\n'
        || E'            v_zone_set := pg_catalog.set_config(''TimeZone'', ''UTC'', true);\n        end if;\n'
        || i_sql
        || E'        if v_zone collate pg_catalog."C" operator(pg_catalog.<>) ''UTC'' then\n'
        || E'            v_zone_set := pg_catalog.set_config(''TimeZone'', v_zone, true);\n        end if;\n'
    end
$$;

-- Takes the texts of one row; then runs i_canonical or i_exact, as the session's settings are the usual ones or not. All guards stand in one
-- test, which is the cheapest form; that of a partitioned table stands apart, since its newest leaf is often unknown.
create or replace function londiste.capture_texts_sql(i_table londiste.provider_table, i_row text, i_canonical text, i_exact text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case when i_table.partitions is null then '' else londiste.capture_guard_sql(i_table) end
        || '    if ' || londiste.capture_is_canonical_sql(i_table.relation)
        || case when i_table.partitions is not null then '' else
            E'\n        and ' || londiste.capture_is_not_local_sql() || E'\n        and ' || londiste.capture_is_own_sql(i_table) end
        || E' then\n'
        || londiste.capture_in_utc_sql(
            i_table,
            format(E'        v_data := pg_catalog.row_to_json(%s);\n', i_row)
                || case when londiste.rows_are_exact(i_table.relation) then '' else format(E'        v_text := %s::pg_catalog.text;\n', i_row) end
                || i_canonical)
        || E'    else\n'
        || case when i_table.partitions is null then londiste.capture_guard_sql(i_table) else '' end
        || format(E'        v_data := londiste.exact_json(%s);\n        v_text := londiste.exact_text(%1$s);\n', i_row)
        || i_exact
        || E'    end if;\n'
$$;

-- The old key and the old row of an update; its record text follows that of the new row.
create or replace function londiste.capture_update_texts_sql(i_table londiste.provider_table)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select londiste.capture_texts_sql(
        i_table, 'new',
        -- The key's columns may have been renamed or have another type by now, which an open session meets as an error.
        format(
            E'        begin\n            if %s then\n                v_old_key := %s;\n            end if;\n'
            || E'        exception when others then\n            %s        end;\n',
            londiste.capture_key_changed_sql(i_table.relation, i_table.key_columns), londiste.capture_key_sql('old', i_table.key_columns, i_table.relation),
            e.old_key)
            || case when i_table.backup then E'        v_old_row := pg_catalog.row_to_json(old);\n' else '' end
            || case when i_table.backup and not londiste.rows_are_exact(i_table.relation)
                then E'        v_text := v_text operator(pg_catalog.||) old::pg_catalog.text;\n' else '' end,
        '        ' || e.old_key
            || case when i_table.backup then E'        v_old_row := londiste.exact_json(old);\n'
                || E'        v_text := v_text operator(pg_catalog.||) londiste.exact_text(old);\n' else '' end)
    from (
        select format(
            case when londiste.key_is_exact(i_table.relation, i_table.key_columns) then E'v_old_key := londiste.exact_old_key(old, new, %L);\n'
                else E'v_old_key := londiste.exact_old_key(old, new, %L, tg_relid);\n' end,
            i_table.key_columns)) as e (old_key)
$$;

-- A version that was changed again, or only locked (as by an upsert), has an xmax (see 13_overtaken.sql). Then the table is asked; by its name,
-- which may have become another's, so an error is a doubt, and tableoid is tested. Leaves have many names: there the function looks.
create or replace function londiste.capture_overtaken_sql(i_table londiste.provider_table, i_is_insert boolean)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select E'    if new.xmax operator(pg_catalog.<>) ''0''::pg_catalog.xid then\n'
        || case when i_table.partitions is null then format(
            E'        begin\n            v_is_current := exists (\n                select from only %s as "!row"\n'
            || E'                where "!row".ctid operator(pg_catalog.=) new.ctid and "!row".tableoid operator(pg_catalog.=) tg_relid);\n'
            || E'        exception when others then\n            v_is_current := false;\n        end;\n', i_table.relation) else '' end
        || format(
            E'        if %slondiste.capture_overtaken(%s, tg_relid, new.ctid, new, %s, %s, %s) then\n            return null;\n        end if;\n    end if;\n',
            case when i_table.partitions is null then 'not v_is_current and ' else '' end, i_table.nr, i_is_insert::text,
            case when i_is_insert then 'new' else 'old' end, case when i_is_insert then 'null' else 'v_old_key' end)
$$;

-- The body of the function of a row trigger. A function for each operation: testing tg_op costs more.
create or replace function londiste.capture_row_body(i_queue_id int, i_table londiste.provider_table, i_op text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select E'\ndeclare\n    v_data pg_catalog.text;\n    v_text pg_catalog.text;\n'
        || case when londiste.key_has_zone(i_table) then E'    v_zone pg_catalog.text;\n    v_zone_set pg_catalog.text;\n' else '' end
        || case when i_op <> 'delete' then E'    v_is_current pg_catalog.bool;\n' else '' end
        || case when i_op = 'update' then E'    v_old_key pg_catalog.text;\n    v_old_row pg_catalog.text;\n' else '' end
        || E'begin\n'
        || case i_op
            when 'insert' then londiste.capture_texts_sql(i_table, 'new', '', '') || londiste.capture_overtaken_sql(i_table, true)
            when 'update' then londiste.capture_update_texts_sql(i_table) || londiste.capture_overtaken_sql(i_table, false)
            else londiste.capture_texts_sql(i_table, 'old', '', '')
        end
        || londiste.capture_insert_sql(
            i_queue_id, 'values (',
            format(
                case when i_op = 'update' then '%L, v_data, %L, v_old_key, v_old_row, v_text)' else '%L, v_data, %L, null, null, v_text)' end,
                upper(left(i_op, 1)) || ':' || array_to_string(i_table.key_columns, ','), i_table.table_name))
        || E'    return null;\nend\n'
$$;
