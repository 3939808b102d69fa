-- A provider whose tables have triggers of SkyTools 2, of PgQ or of Londiste 3, and none of ours: it is followed as it is,
-- and nothing is installed there. The program makes these functions for its own session, in pg_temp, beside those of
-- sql/londiste that read a table, whose references to one another it turns to pg_temp, too. They have the names and the
-- results of the functions whose place they take.

create or replace function pg_temp.table_column_numbers(i_relation oid, out name text, out nr integer)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select attname::text, row_number() over (order by attnum)::integer
      from pg_attribute where attrelid = i_relation and attnum > 0 and not attisdropped;
$$;

-- ----------------------------------------------------------------------
-- Function: pg_temp.followed_tables(queue)
--
--      The tables that have a trigger of PgQ with this queue as first argument. Triggers of a partitioned table send the
--      names of its leaves: those are the tables.
--      fires - the operations, as the bits of tgtype; disabled - a trigger that does not fire in ordinary sessions
--      key_columns - named by the trigger, or of the primary key; backup - updates carry the old row
--      whole_rows - updates carry all columns; left_out - columns that events do not carry
--      partly - why not every change is an event, or not one of this table's rows
-- ----------------------------------------------------------------------
create or replace function pg_temp.followed_tables(
    i_queue text,
    out relation oid, out table_name text, out trigger_name text, out capture text, out fires integer, out disabled text,
    out key_columns text[], out backup boolean, out whole_rows boolean, out left_out text[], out partly text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    with trigger as (
        select t.tgrelid, t.tgname::text, t.tgtype::integer, t.tgenabled, p.proname::text,
               t.tgqual is not null or t.tgattr::text <> '' as conditional,
               -- Arguments end with a zero byte each.
               (select array_agg(convert_from(decode(replace(a.hex, ' ', ''), 'hex'), getdatabaseencoding()) order by a.nr)
                  from string_to_table(regexp_replace(encode(t.tgargs, 'hex'), '(..)', '\1 ', 'g'), '00 ')
                       with ordinality as a (hex, nr)
                 where a.nr <= t.tgnargs) as args
          from pg_trigger t
          join pg_proc p on p.oid = t.tgfoid
         where p.proname in ('logutriga', 'jsontriga', 'sqltriga', 'logtriga') and not t.tgisinternal and t.tgnargs > 0
    ), capturing as (
        select t.*, c.oid as relation, n.nspname::text || '.' || c.relname::text as name,
               -- SkyTools 2: a letter for each column, k for the key, i for one that is ignored.
               case when t.proname in ('logtriga', 'sqltriga') and t.args[2] ~ '^[kvi]+$' then t.args[2] end as letters
          from trigger t
          join pg_class c on c.oid = t.tgrelid
          join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'r' and t.args[1] = i_queue and 'deny' <> all (t.args[2:])
    ), main as (
        -- A trigger for TRUNCATE has fewer arguments.
        select distinct on (relation) relation, tgname, proname, args, letters
          from capturing order by relation, tgtype & 28 desc, tgname
    ), whole as (
        select c.relation, c.name, bit_or(c.tgtype) as fires,
               min(c.tgname) filter (where c.tgenabled not in ('A', 'O')) as disabled,
               bool_and('backup' = any (c.args) and c.proname in ('logutriga', 'jsontriga')) filter (where c.tgtype & 16 <> 0) as backup,
               bool_and(c.proname in ('logutriga', 'jsontriga')) as whole_rows,
               bool_or(c.conditional) as conditional
          from capturing c
         group by c.relation, c.name
    )
    select w.relation, w.name, m.tgname, m.proname, w.fires, w.disabled,
           coalesce(
               (select regexp_split_to_array(btrim(substr(a, 6)), '\s*,\s*') from unnest(m.args) a where a like 'pkey=%' limit 1),
               (select array_agg(a.name order by a.nr) from pg_temp.table_column_numbers(w.relation) a where substr(m.letters, a.nr, 1) = 'k'),
               (select array_agg(a.attname::text order by k.nr)
                  from pg_index i
                 cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, nr)
                  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                 where i.indrelid = w.relation and i.indisprimary and k.nr <= i.indnkeyatts)),
           w.backup, w.whole_rows,
           array(select a.name
                   from pg_temp.table_column_numbers(w.relation) a
                  where substr(m.letters, a.nr, 1) = 'i' or a.name like '\_pgq\_ev\_%'
                     or a.name in (select unnest(regexp_split_to_array(btrim(substr(g, 8)), '\s*,\s*'))
                                     from unnest(m.args) g where g like 'ignore=%')
                  order by a.nr),
           coalesce(
               (select a from unnest(m.args) a where a ~ '^(when|ev_type|ev_data|ev_extra1)=' limit 1),
               case when w.conditional then 'it has a condition' end,
               (select a.name from pg_temp.table_column_numbers(w.relation) a where a.name ~ '^_pgq_ev_(type|data|extra1)$' limit 1))
      from whole w
      join main m on m.relation = w.relation
     order by w.name;
$$;

-- One of them, or LD004.
create or replace function pg_temp.followed_table(
    i_queue text, i_table text,
    out relation oid, out table_name text, out trigger_name text, out capture text, out fires integer, out disabled text,
    out key_columns text[], out backup boolean, out whole_rows boolean, out left_out text[], out partly text)
language plpgsql stable
set search_path = pg_catalog
as $$
begin
    select * into relation, table_name, trigger_name, capture, fires, disabled, key_columns, backup, whole_rows, left_out, partly
      from pg_temp.followed_tables(i_queue) f where f.table_name = i_table;
    if not found then
        raise exception 'Table % has no trigger that fills queue % of the provider', i_table, i_queue
            using errcode = 'LD004', hint = 'Add it with the tools that the provider uses.';
    end if;
end;
$$;

create or replace function pg_temp.provider_get_table_list(
    i_queue text, out table_name text, out trigger_name text, out key_columns text[], out capture text, out backup boolean)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select f.table_name, f.trigger_name, f.key_columns, f.capture, coalesce(f.backup, false) from pg_temp.followed_tables(i_queue) f;
$$;

-- Refuses a table whose changes are not all events (C22).
create or replace function pg_temp.check_captured(i_queue text, i_table text)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    t record := pg_temp.followed_table(i_queue, i_table);
begin
    if t.disabled is not null then
        raise exception 'Trigger % of table % is disabled, so its changes would be lost', t.disabled, i_table
            using errcode = 'LD006', hint = 'Enable it.';
    elsif t.fires & 28 <> 28 then
        raise exception 'The triggers of table % do not fire for all of INSERT, UPDATE and DELETE, so its changes would be lost', i_table
            using errcode = 'LD006', hint = 'Add it anew with the tools that the provider uses.';
    elsif t.partly is not null then
        raise exception 'Trigger % of table % sends only some of its changes, or sends them changed (%): a copy would not stay equal',
            t.trigger_name, i_table, t.partly
            using errcode = 'LD006', hint = 'Add the table with expectSync, for what such events leave of it.';
    end if;
end;
$$;

-- Whether a reader with the snapshot has seen the triggers as they are now: every change that it has not seen is an event.
create or replace function pg_temp.captured_before(i_queue text, i_table text, i_snapshot text)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    -- The transaction ids of rows lack their upper half, and are older than the next one.
    select bool_and(txid_visible_in_snapshot(
               n.epoch + x.xmin - case when n.epoch + x.xmin >= n.next then 4294967296 else 0 end, i_snapshot::txid_snapshot))
      from (select t.xmin::text::bigint as xmin
              from pg_trigger t, pg_temp.followed_table(i_queue, i_table) f
              join pg_proc p on p.proname = f.capture
             where t.tgrelid = f.relation and t.tgfoid = p.oid) x,
           (select txid_snapshot_xmax(txid_current_snapshot()) as next,
                   txid_snapshot_xmax(txid_current_snapshot()) / 4294967296 * 4294967296 as epoch) n;
$$;

-- Refuses what events of these triggers cannot be evaluated for (LD009). False: leaves are tables of their own.
create or replace function pg_temp.prepare_source(
    i_queue text, i_table text, i_filter text, i_columns text[], i_expressions jsonb)
returns boolean
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    t record := pg_temp.followed_table(i_queue, i_table);
    v_column text;
    v_expression text;
begin
    if t.key_columns is null then
        raise exception 'Table % has no primary key, and its trigger % names no key', i_table, t.trigger_name
            using errcode = 'LD002', hint = 'Add a primary key, or the argument pkey=columns to the trigger.';
    end if;
    foreach v_column in array coalesce(i_columns, '{}') || array(select jsonb_object_keys(i_expressions)) || t.key_columns loop
        if not exists (
            select from pg_attribute where attrelid = t.relation and attname = v_column and attnum > 0 and not attisdropped)
        then
            raise exception 'table % has no column %', i_table, v_column using errcode = 'LD009';
        end if;
    end loop;
    foreach v_column in array t.key_columns loop
        if v_column <> all (i_columns) then
            raise exception 'column % is of the key of table % and must be among its columns', v_column, i_table using errcode = 'LD009';
        elsif i_expressions ? v_column then
            raise exception 'column % is of the key of table % and cannot be an expression', v_column, i_table using errcode = 'LD009';
        end if;
    end loop;
    foreach v_column in array t.left_out loop
        if i_columns is null or v_column = any (i_columns) then
            raise exception 'Trigger % of table % leaves out column %: name the other columns as those to replicate',
                t.trigger_name, i_table, v_column using errcode = 'LD009';
        end if;
    end loop;
    if not t.whole_rows and (i_filter is not null or i_expressions <> '{}') then
        raise exception 'Trigger % of table % sends only the columns that an update changed: row filters and column expressions need all',
            t.trigger_name, i_table using errcode = 'LD009', hint = 'pgq.logutriga with the argument backup sends them.';
    elsif i_filter is not null and t.backup is not true then
        raise exception 'Trigger % of table % does not send the old rows of updates, which a row filter needs', t.trigger_name, i_table
            using errcode = 'LD009', hint = 'Give the trigger the argument backup.';
    end if;
    perform pg_temp.check_expression(i_queue, i_table, i_filter, '{}', 'row filter');
    for v_column, v_expression in select key, value from jsonb_each_text(i_expressions) loop
        perform pg_temp.check_expression(i_queue, i_table, null, array[v_expression], format('expression of column %s', v_column));
    end loop;
    return false;
end;
$$;

create or replace function pg_temp.check_expression(
    i_queue text, i_table text, i_filter text, i_expressions text[], i_what text)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
begin
    if coalesce(i_filter, i_expressions[1]) ~* '\m(select|values|with)\M' then
        raise exception 'the % of table % has a query in it; it may use the columns of the row alone', i_what, i_table
            using errcode = 'LD009';
    end if;
    -- Nothing is executed, but everything is parsed.
    perform pg_temp.evaluate_rows(
        i_queue, i_table,
        array(select a.attname::text from pg_attribute a
               where a.attrelid = pg_temp.table_oid(i_table) and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'),
        '{}', i_filter, i_expressions)
    where i_filter is not null or i_expressions <> '{}';
exception when syntax_error_or_access_rule_violation or feature_not_supported or data_exception then
    raise exception 'the % of table % cannot be used: %', i_what, i_table, sqlerrm using errcode = 'LD009';
end;
$$;

create or replace function pg_temp.source_relation(i_queue text, i_table text)
returns oid
language sql stable
set search_path = pg_catalog
as $$ select pg_temp.table_oid(i_table) $$;

create or replace function pg_temp.compared_key(i_queue text, i_table text)
returns text[]
language sql stable
set search_path = pg_catalog
as $$ select key_columns from pg_temp.followed_table(i_queue, i_table) $$;

-- Such a table is copied in one piece: its key is none that ranges rely on.
create or replace function pg_temp.copy_source(
    i_queue text, i_table text,
    out key_columns text[], out key_types text[], out encoding text, out bytes bigint, out in_order boolean)
language sql stable
set search_path = pg_catalog
as $$ select null::text[], null::text[], null::text, pg_relation_size(pg_temp.table_oid(i_table)), true $$;

-- No tick where a tick is not ours to make.
create or replace function pg_temp.force_tick(i_queue text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
begin
    if exists (select from pgq.queue where queue_name = i_queue and (queue_external_ticker or queue_ticker_paused)) then
        return null;
    end if;
    return pgq_client.tick_now(i_queue);
end;
$$;

create or replace function pg_temp.tick_to_await(i_queue text)
returns bigint
language sql
set search_path = pg_catalog
as $$
    -- Beyond the last tick where ticks come from elsewhere: a tick number that one makes later.
    select coalesce(
        pg_temp.force_tick(i_queue),
        (select max(t.tick_id) + 1 from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue where q.queue_name = i_queue));
$$;

-- Mirrors are ours.
create or replace function pg_temp.mirror_problem(i_mirror text, i_table text)
returns text
language sql
set search_path = pg_catalog
as $$ select null::text $$;

-- Which sequences belong to a queue is not known there: those are followed that the subscriber has registered, of all that the role may read.
create or replace function pg_temp.readable_sequences(out seq regclass, out seq_name text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select c.oid::regclass, n.nspname::text || '.' || c.relname::text
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname not in ('pgq', 'pgq_client', 'pgq_node', 'londiste') and n.nspname !~ '^pg_'
       -- Asked of anything else the privilege is an error, and conditions have no order.
       and case when c.relkind = 'S' then has_schema_privilege(n.oid, 'usage') and has_sequence_privilege(c.oid, 'select') end;
$$;

create or replace function pg_temp.provider_get_seq_list(i_queue text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$ select s.seq_name from pg_temp.readable_sequences() s order by 1 $$;

create or replace function pg_temp.provider_seq_values(
    i_queue text, out seq_name text, out last_value bigint, out is_called boolean)
returns setof record
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_seq regclass;
begin
    for v_seq, seq_name in select s.seq, s.seq_name from pg_temp.readable_sequences() s loop
        execute format('select last_value, is_called from %s', v_seq) into last_value, is_called;
        return next;
    end loop;
end;
$$;

-- Nothing there says which scripts were executed by whom.
create or replace function pg_temp.is_executed_script(i_queue text, i_script_id bigint, i_hash text)
returns boolean
language sql immutable
as $$ select false $$;

create or replace function pg_temp.partition_drift(i_queue text, out table_name text, out detail text)
returns setof record
language sql stable
as $$ select null::text, null::text where false $$;

-- What CHECK finds.
create or replace function pg_temp.provider_problems(
    i_queue text, out table_name text, out problem text, out detail text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    with f as (select * from pg_temp.followed_tables(i_queue))
    select f.table_name, 'trigger missing', format('%s does not capture %s', f.table_name, o.op)
      from f cross join (values (4, 'INSERT'), (8, 'DELETE'), (16, 'UPDATE'), (32, 'TRUNCATE')) as o (bit, op)
     where f.fires & o.bit = 0
    union all
    select f.table_name, 'trigger disabled', format('trigger "%s" of %s', f.disabled, f.table_name) from f where f.disabled is not null
    union all
    select f.table_name, 'captured partly', format('trigger "%s" sends only some changes, or sends them changed (%s)', f.trigger_name, f.partly)
      from f where f.partly is not null
    union all
    select f.table_name, 'key missing', format('%s has no primary key, and trigger "%s" names none', f.table_name, f.trigger_name)
      from f where f.key_columns is null;
$$;

create or replace function pg_temp.remedy(i_problem text)
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select case i_problem
        when 'trigger missing' then 'add the trigger with the tools that the provider uses; until then such a statement asks for SUBSCRIBER_RESYNC'
        when 'trigger disabled' then 'enable it, then SUBSCRIBER_RESYNC'
        when 'captured partly' then 'add the table with expectSync, or give it a trigger without such arguments'
        when 'key missing' then 'add a primary key, or the argument pkey=columns to the trigger'
    end;
$$;

create or replace function pg_temp.right_problems(
    i_queue text, out table_name text, out problem text, out detail text, out remedy text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select f.table_name, 'no right to read', format('role %s may not select from %s', current_user, f.relation::regclass),
           format('grant select on %s to %I', f.relation::regclass, current_user)
      from pg_temp.followed_tables(i_queue) f
     where not has_table_privilege(f.relation, 'select');
$$;
