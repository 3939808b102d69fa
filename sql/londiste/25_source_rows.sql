-- Row filters and column expressions (provider). They are SQL over a row of the provider's table, and the provider evaluates them, for rows
-- that are copied as for rows that were captured: the same server, with the same types, functions and collations, decides both times. They
-- see the row's columns alone, under the settings of capture; names of functions and operators outside pg_catalog are to be qualified.

-- Whether each row satisfies the filter, and the texts of the expressions over it; null as a filter is every row's. i_values[c][r] is the
-- captured text of column i_columns[c] in row r. A captured column that the table lost since is not there for the filter; one that it
-- gained since is not either, so that a filter that names it fails instead of guessing.
create or replace function londiste.evaluate_rows(
    i_queue_name text, i_table_name text, i_columns text[], i_values text[], i_filter text, i_expressions text[])
returns table (is_wanted boolean, results text[])
language plpgsql stable
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
    v_relation oid := londiste.source_relation(i_queue_name, i_table_name);
    v_typed text;
    v_raw text;
    v_names text;
begin
    -- Types without their lengths, so that a cast cuts nothing.
    select string_agg(format('"!raw"."!%s"::%s as %I', c.nr, format_type(a.atttypid, -1), c.name), ', ' order by c.nr)
    into v_typed
    from unnest(i_columns) with ordinality as c (name, nr)
        join pg_attribute a on a.attrelid = v_relation and a.attname = c.name and a.attnum > 0 and not a.attisdropped;
    select string_agg(format('$1[%s:%1$s]', nr), ', ' order by nr), string_agg(format('"!%s"', nr), ', ' order by nr)
    into v_raw, v_names
    from generate_series(1, array_length(i_columns, 1)) nr;
    return query execute format(
        'select %s, %s from (select %s, "!raw"."!nr" from unnest(%s) with ordinality as "!raw" (%s, "!nr")) as "!row" order by "!nr"',
        case when i_filter is null then 'true' else format(E'coalesce((%s\n), false)', i_filter) end,
        (select format('array[%s]::text[]', string_agg(format(E'(%s\n)::text', e), ', ' order by nr))
            from unnest(i_expressions) with ordinality as x (e, nr)),
        v_typed, v_raw, v_names)
    using i_values;
end
$$;

-- The table that events of this name are of: by its registration, which follows a rename; by its name where another trigger captures it.
create or replace function londiste.source_relation(i_queue_name text, i_table_name text)
returns oid
language sql stable
set search_path = pg_catalog
as $$
    select coalesce(
        (select t.relation::oid from londiste.provider_table t where t.queue_name = i_queue_name and t.table_name = i_table_name),
        londiste.table_oid(i_table_name))
$$;

-- Refuses a filter, a list of columns and expressions that do not fit the table (LD009), and has updates carry their old rows when a filter
-- needs them: an update may move a row into the filter, or out of it. Returns whether the provider's table is partitioned.
create or replace function londiste.prepare_source(
    i_queue_name text, i_table_name text, i_filter text, i_columns text[], i_expressions jsonb)
returns boolean
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
    v_column text;
    v_expression text;
begin
    foreach v_column in array coalesce(i_columns, '{}') || array(select jsonb_object_keys(i_expressions)) loop
        if not exists (
            select from pg_attribute where attrelid = v_table.relation and attname = v_column and attnum > 0 and not attisdropped)
        then
            raise exception 'table % has no column %', v_table.table_name, v_column using errcode = 'LD009';
        end if;
    end loop;
    foreach v_column in array v_table.key_columns loop
        if v_column <> all (i_columns) then
            raise exception 'column % is of the key of table % and must be among its columns', v_column, v_table.table_name
                using errcode = 'LD009';
        elsif i_expressions ? v_column then
            raise exception 'column % is of the key of table % and cannot be an expression', v_column, v_table.table_name
                using errcode = 'LD009';
        end if;
    end loop;
    perform londiste.check_expression(v_table, i_filter, 'boolean', 'row filter');
    for v_column, v_expression in select key, value from jsonb_each_text(i_expressions) loop
        perform londiste.check_expression(v_table, v_expression, 'text', format('expression of column %s', v_column));
    end loop;
    if i_filter is not null and not v_table.backup then
        perform londiste.provider_set_backup(i_queue_name, v_table.table_name, true);
    end if;
    if v_table.capture = 'mirror' then
        -- Its events are those of the table that this one is a copy of (C06).
        return exists (
            select from londiste.subscriber_table s
            where s.queue_name = londiste.link_source(i_queue_name) and s.table_name = v_table.table_name and s.from_partitions);
    end if;
    return v_table.partitions is not null;
end
$$;

create or replace function londiste.check_expression(i_table londiste.provider_table, i_sql text, i_type text, i_what text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    if i_sql ~* '\m(select|values|with)\M' then
        raise exception 'the % of table % has a query in it; it may use the columns of the row alone', i_what, i_table.table_name
            using errcode = 'LD009';
    end if;
    -- Nothing is executed, but everything is parsed.
    perform londiste.evaluate_rows(
        i_table.queue_name, i_table.table_name,
        array(select a.attname::text from pg_attribute a where a.attrelid = i_table.relation and a.attnum > 0 and not a.attisdropped
            and a.attgenerated <> 'v'),
        '{}', case when i_type = 'boolean' then i_sql end, case when i_type = 'text' then array[i_sql] end)
    where i_sql is not null;
exception when syntax_error_or_access_rule_violation or feature_not_supported or data_exception then
    raise exception 'the % of table % cannot be used: %', i_what, i_table.table_name, sqlerrm using errcode = 'LD009';
end
$$;

-- From now on updates of the table carry their old rows in ev_extra3, or no longer. 1 = done, 0 = it was so. The lock waits for writers: an
-- update that carries none is older than any snapshot taken after this.
create or replace function londiste.provider_set_backup(i_queue_name text, i_table_name text, i_backup boolean)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
begin
    if v_table.backup = i_backup then
        return 0;
    end if;
    if v_table.capture = 'mirror' then
        raise exception 'events of table % come through the mirror %, which does not know whether updates carry their old rows: a row filter needs them',
            v_table.table_name, i_queue_name
            using errcode = 'LD009',
                hint = 'Add the table with backup where it is captured; then remove it from the mirror and add it again, with backup too.';
    end if;
    if i_backup and v_table.capture = 'statement' then
        raise exception 'table % is captured by statement triggers, which carry no old rows: a row filter needs them', v_table.table_name
            using errcode = 'LD009', hint = 'Remove the table from the provider and add it again with capture=row.';
    end if;
    execute format('lock table %s in share row exclusive mode', v_table.relation);
    update londiste.provider_table set backup = i_backup where nr = v_table.nr returning * into v_table;
    perform londiste.create_capture(v_table);
    return 1;
end
$$;
