-- The triggers of PgQ: jsontriga, logutriga and sqltriga put changed rows of any table into a queue. They read the table's
-- definition at each row and are slow for that; the triggers that londiste generates are the fast ones.
--
-- Trigger arguments: the queue, then in any order
--     ignore=col1[,col2]   columns that are left out; an update that changes nothing else makes no event
--     pkey=col1[,col2]     the key, instead of the primary key
--     backup               the old row of an update goes to ev_extra2
--     when=EXPR            no event unless the expression over the row's columns is true
--     ev_type=EXPR, ev_data=EXPR, ev_extra1=EXPR .. ev_extra4=EXPR    values instead of the usual ones
--     SKIP                 in a BEFORE trigger: the operation itself does not happen
--     deny                 the operation is an error
-- Columns named _pgq_ev_type, _pgq_ev_data, _pgq_ev_extra1 .. 4 give values too, and are left out.
-- Nothing is logged with session_replication_role `local`. They run with the rights of the writer, who needs pgq_writer:
-- expressions of a table's owner must not run with ours.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

if to_regtype('pgq_client.trigger_options') is null then
    create type pgq_client.trigger_options as (
        queue_name text, skip boolean, backup boolean, deny boolean,
        ignored text[], pkey text[], condition text, expressions text[]);
end if;

-- ----------------------------------------------------------------------
-- pgq_client.trigger_arguments(i_args) -> trigger_options
--     expressions: for ev_type, ev_data, ev_extra1 .. ev_extra4.
-- Errors: 'pgq trigger must have destination queue as argument'; 'bad param to pgq trigger'.
-- ----------------------------------------------------------------------
create or replace function pgq_client.trigger_arguments(i_args text[]) returns pgq_client.trigger_options
language plpgsql immutable as $$
declare
    fields constant text[] := '{ev_type,ev_data,ev_extra1,ev_extra2,ev_extra3,ev_extra4}';
    o      pgq_client.trigger_options;
    arg    text;
    name   text;
    value  text;
begin
    if coalesce(cardinality(i_args), 0) = 0 then
        raise exception 'pgq trigger must have destination queue as argument';
    end if;
    -- TG_ARGV counts from 0; a slice counts from 1.
    i_args := i_args[:];
    o := row(i_args[1], false, false, false, '{}', null, null, array_fill(null::text, array[6]));
    foreach arg in array i_args[2:] loop
        name := split_part(arg, '=', 1);
        value := substr(arg, length(name) + 2);
        case
            when arg = 'SKIP' then o.skip := true;
            when arg = 'backup' then o.backup := true;
            when arg = 'deny' then o.deny := true;
            when name = 'ignore' then o.ignored := regexp_split_to_array(btrim(value), '\s*,\s*');
            when name = 'pkey' then o.pkey := regexp_split_to_array(btrim(value), '\s*,\s*');
            when name = 'when' then o.condition := value;
            when name = any (fields) then
                o.expressions[array_position(fields, name)] := coalesce(o.expressions[array_position(fields, name)], value);
            else
                raise exception 'bad param to pgq trigger' using detail = format('Argument: %s', arg);
        end case;
    end loop;
    return o;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.row_values(i_row, i_columns, i_format) -> text[]
--     The values of some columns of a row: as their types write them (a cast to text writes true for t, and trims char), or
--     as JSON for format json, where only booleans and integers are bare and times are as JSON has them.
-- ----------------------------------------------------------------------
create or replace function pgq_client.row_values(i_row record, i_columns text[], i_types oid[], i_format text)
returns text[]
language plpgsql stable as $$
declare
    vals text[];
begin
    if i_columns = '{}' then
        return '{}';
    end if;
    execute (
        select 'select array[' || string_agg(
                   case when i_format <> 'json' then c.output
                        when c.type in (16, 20, 21, 23, 1082, 1114, 1184) then
                            format('coalesce(to_json(($1).%I)::text, ''null'')', c.name)
                        else format('coalesce(to_json(%s)::text, ''null'')', c.output) end,
                   ',' order by c.nr) || ']'
          from (select u.*, format('case when ($1).%1$I is distinct from null then format(''%%s'', ($1).%1$I) end', u.name)
                       as output
                  from unnest(i_columns, i_types) with ordinality u (name, type, nr)) c)
        into vals using i_row;
    return vals;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.urlencode(i_text) -> text
--     As PgQ does: a space is a plus, letters, digits and _ . - stay, other bytes are %xx.
-- pgq_client.row_urlencoded(i_columns, i_values) -> text
--     `col=value&nullcol`.
-- ----------------------------------------------------------------------
create or replace function pgq_client.urlencode(i_text text) returns text
language plpgsql immutable strict as $$
begin
    if i_text ~ '^[A-Za-z0-9_.-]*$' then
        return i_text;
    end if;
    return (
        select string_agg(
                   case when c ~ '^[A-Za-z0-9_.-]$' then c when c = ' ' then '+'
                        else regexp_replace(encode(convert_to(c, getdatabaseencoding()), 'hex'), '(..)', '%\1', 'g') end,
                   '' order by nr)
          from regexp_split_to_table(i_text, '') with ordinality t (c, nr));
end
$$;

create or replace function pgq_client.row_urlencoded(i_columns text[], i_values text[]) returns text
language sql immutable as $$
    select string_agg(pgq_client.urlencode(name) || coalesce('=' || pgq_client.urlencode(value), ''), '&' order by nr)
      from unnest(i_columns, i_values) with ordinality t (name, value, nr)
$$;

-- ----------------------------------------------------------------------
-- pgq_client.row_json(i_columns, i_values) -> text
--     A JSON object of values that are JSON already.
-- ----------------------------------------------------------------------
create or replace function pgq_client.row_json(i_columns text[], i_values text[]) returns text
language sql immutable as $$
    select '{' || coalesce(string_agg(to_json(name)::text || ':' || value, ',' order by nr), '') || '}'
      from unnest(i_columns, i_values) with ordinality t (name, value, nr)
$$;

-- ----------------------------------------------------------------------
-- pgq_client.row_partial_sql(i_op, i_columns, i_new, i_old, i_pkey, i_pkey_values) -> text
--     `(cols) values (vals)`, `col=val where key=val`, `key=val`. An update that changes nothing sets the key to itself.
-- Errors: 'logtriga: Unexpected NULL key value'.
-- ----------------------------------------------------------------------
create or replace function pgq_client.row_partial_sql(
    i_op text, i_columns text[], i_new text[], i_old text[], i_pkey text[], i_pkey_values text[])
returns text
language plpgsql immutable as $$
declare
    keys    text;
    changes text;
begin
    if i_op = 'INSERT' then
        return (select '(' || string_agg(quote_ident(name), ',' order by nr) || ') values ('
                    || string_agg(coalesce(quote_literal(value), 'null'), ',' order by nr) || ')'
                  from unnest(i_columns, i_new) with ordinality t (name, value, nr));
    end if;
    if array_position(i_pkey_values, null) is not null then
        raise exception 'logtriga: Unexpected NULL key value';
    end if;
    select string_agg(quote_ident(name) || '=' || quote_literal(value), ' and ' order by nr) into keys
      from unnest(i_pkey, i_pkey_values) with ordinality t (name, value, nr);
    if i_op = 'DELETE' then
        return keys;
    end if;
    select string_agg(quote_ident(name) || '=' || coalesce(quote_literal(new), 'NULL'), ',' order by nr) into changes
      from unnest(i_columns, i_new, i_old) with ordinality t (name, new, old, nr)
     where new is distinct from old;
    return coalesce(changes, quote_ident(i_pkey[1]) || '=' || quote_literal(i_pkey_values[1])) || ' where ' || keys;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.trigger_event(i_format, i_table, i_op, i_level, i_when, i_args, i_new, i_old) -> boolean
--     What the three triggers do. i_format: json, urlenc or sql.
-- Result: whether the operation itself goes on.
-- Errors: of the arguments; 'primary key update not allowed'; 'Update/Delete on table without pkey'; 'Table '..' to queue
--     '..': change not allowed (..)'; 'when= should not be NULL'; as insert_event.
-- ----------------------------------------------------------------------
create or replace function pgq_client.trigger_event(
    i_format text, i_table oid, i_op text, i_level text, i_when text, i_args text[], i_new record, i_old record)
returns boolean
language plpgsql as $$
declare
    o      pgq_client.trigger_options := pgq_client.trigger_arguments(i_args);
    t      record;
    cur    record;
    vals   text[];
    olds   text[];
    ev     text[] := array_fill(null::text, array[6]);
    logged boolean;
begin
    if i_op <> 'TRUNCATE' and i_level <> 'ROW' then
        raise exception 'pgq Ins/Upd/Del trigger must be fired FOR EACH ROW';
    elsif i_op = 'TRUNCATE' and (o.condition is not null or array_remove(o.expressions, null) <> '{}') then
        raise exception 'Custom expressions do not make sense for truncater trigger';
    elsif o.skip and i_when <> 'BEFORE' then
        raise exception 'SKIP does not work in AFTER trigger.';
    elsif current_setting('session_replication_role') = 'local' then
        return true;
    end if;
    t := pgq_client.trigger_table(i_table, o);
    if o.deny then
        raise exception 'Table ''%'' to queue ''%'': change not allowed (%)', t.name, o.queue_name, i_op;
    end if;

    ev[1] := case i_format
        when 'json' then format('{"op":"%s","table":%s,"pkey":%s}', i_op, array_to_json(array[t.schema_name, t.table_name]),
                                array_to_json(t.pkey))
        when 'sql' then case i_op when 'TRUNCATE' then 'R' else left(i_op, 1) end
        else case i_op when 'TRUNCATE' then 'R' else left(i_op, 1) || ':' || array_to_string(t.pkey, ',') end
    end;
    ev[3] := t.name;
    if i_op = 'TRUNCATE' then
        ev[2] := case i_format when 'json' then '{}' else '' end;
    else
        if i_op = 'DELETE' then cur := i_old; else cur := i_new; end if;
        if t.pkey = '{}' and (i_op <> 'INSERT') then
            raise exception 'Update/Delete on table without pkey' using detail = format('Table: %s', t.name);
        end if;
        if i_op = 'UPDATE' and not pgq_client.is_logged_update(t, i_new, i_old) then
            return not o.skip;
        end if;
        if o.condition is not null then
            execute 'select (' || o.condition || ')::boolean from (select ($1).*) t' into logged using cur;
            if logged is null then
                raise exception 'when= should not be NULL' using detail = format('Table: %s', t.name);
            elsif not logged then
                return not o.skip;
            end if;
        end if;
        vals := pgq_client.row_values(cur, t.columns, t.types, i_format);
        if i_op = 'UPDATE' and (o.backup or i_format = 'sql') then
            olds := pgq_client.row_values(i_old, t.columns, t.types, i_format);
        end if;
        ev[2] := case i_format
            when 'json' then pgq_client.row_json(t.columns, vals)
            when 'urlenc' then pgq_client.row_urlencoded(t.columns, vals)
            else pgq_client.row_partial_sql(i_op, t.columns, vals, olds, t.key_columns,
                    pgq_client.row_values(cur, t.key_columns, t.key_types, i_format))
        end;
        if o.backup and i_op = 'UPDATE' then
            ev[4] := case i_format when 'json' then pgq_client.row_json(t.columns, olds)
                                   else pgq_client.row_urlencoded(t.columns, olds) end;
        end if;
        ev := pgq_client.trigger_overrides(ev, t.magic, o.expressions, cur);
    end if;
    perform pgq.insert_event(o.queue_name, ev[1], ev[2], ev[3], ev[4], ev[5], ev[6]);
    return not o.skip;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.trigger_table(i_table, i_options)
--     -> (schema_name, table_name, name, columns, types, pkey, key_columns, key_types, ignored, magic)
--     The table as its trigger sees it. columns: what the event carries; pkey: in the order of the key; key_columns: those
--     that exist, in the order of the table; magic: its _pgq_ev_ columns, for ev_type, ev_data, ev_extra1 .. 4.
-- ----------------------------------------------------------------------
create or replace function pgq_client.trigger_table(
    i_table oid, i_options pgq_client.trigger_options,
    out schema_name text, out table_name text, out name text, out columns text[], out types oid[],
    out pkey text[], out key_columns text[], out key_types oid[], out ignored text[], out magic text[])
language plpgsql stable as $$
begin
    select n.nspname, c.relname, n.nspname || '.' || c.relname into schema_name, table_name, name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = i_table;
    pkey := coalesce(i_options.pkey, array(
        select a.attname::text
          from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k (attnum, nr)
          join pg_attribute a on a.attrelid = i_table and a.attnum = k.attnum
         where i.indrelid = i_table and i.indisprimary order by k.nr));
    magic := '{_pgq_ev_type,_pgq_ev_data,_pgq_ev_extra1,_pgq_ev_extra2,_pgq_ev_extra3,_pgq_ev_extra4}';
    select coalesce(array_agg(a.attname::text order by a.attnum) filter (where not a.left_out), '{}'),
           coalesce(array_agg(a.atttypid order by a.attnum) filter (where not a.left_out), '{}'),
           coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.attname = any (pkey)), '{}'),
           coalesce(array_agg(a.atttypid order by a.attnum) filter (where a.attname = any (pkey)), '{}'),
           coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.left_out), '{}'),
           array(select case when m = any (array_agg(a.attname::text)) then m end from unnest(magic) m)
      into columns, types, key_columns, key_types, ignored, magic
      from (select p.attname, p.atttypid, p.attnum, p.attname = any (i_options.ignored) or p.attname = any (magic) as left_out
              from pg_attribute p where p.attrelid = i_table and p.attnum > 0 and not p.attisdropped) a;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.is_logged_update(i_table, i_new, i_old) -> boolean
--     False when only ignored columns changed. Texts are compared: 1.0 and 1.00 differ.
-- Errors: 'primary key update not allowed'.
-- ----------------------------------------------------------------------
create or replace function pgq_client.is_logged_update(i_table record, i_new record, i_old record) returns boolean
language plpgsql stable as $$
begin
    if pgq_client.row_values(i_new, i_table.key_columns, null, 'text')
            is distinct from pgq_client.row_values(i_old, i_table.key_columns, null, 'text') then
        raise exception 'primary key update not allowed' using detail = format('Table: %s', i_table.name);
    end if;
    return i_table.ignored = '{}'
        or pgq_client.row_values(i_new, i_table.ignored, null, 'text')
            is not distinct from pgq_client.row_values(i_old, i_table.ignored, null, 'text')
        or pgq_client.row_values(i_new, i_table.columns, null, 'text')
            is distinct from pgq_client.row_values(i_old, i_table.columns, null, 'text');
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.trigger_overrides(i_event, i_magic, i_expressions, i_row) -> text[]
--     Replaces fields of the event by _pgq_ev_ columns and by expressions.
-- ----------------------------------------------------------------------
create or replace function pgq_client.trigger_overrides(
    i_event text[], i_magic text[], i_expressions text[], i_row record)
returns text[]
language plpgsql as $$
declare
    value text;
begin
    for i in 1 .. 6 loop
        continue when i_expressions[i] is null and i_magic[i] is null;
        -- As its type writes it: a cast to text would write true for t.
        execute 'select case when v is distinct from null then format(''%s'', v) end from (select ('
            || coalesce(i_expressions[i], quote_ident(i_magic[i])) || ') as v from (select ($1).*) t) t'
            into value using i_row;
        i_event[i] := value;
    end loop;
    return i_event;
end
$$;

create or replace function pgq.jsontriga() returns trigger
language plpgsql set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 as $$
begin
    if pgq_client.trigger_event('json', tg_relid, tg_op, tg_level, tg_when, tg_argv, new, old) then
        return coalesce(new, old);
    end if;
    return null;
end
$$;

create or replace function pgq.logutriga() returns trigger
language plpgsql set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as $$
begin
    if pgq_client.trigger_event('urlenc', tg_relid, tg_op, tg_level, tg_when, tg_argv, new, old) then
        return coalesce(new, old);
    end if;
    return null;
end
$$;

create or replace function pgq.sqltriga() returns trigger
language plpgsql set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as $$
begin
    if pgq_client.trigger_event('sql', tg_relid, tg_op, tg_level, tg_when, tg_argv, new, old) then
        return coalesce(new, old);
    end if;
    return null;
end
$$;

end $pgq$;
