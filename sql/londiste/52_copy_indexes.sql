-- Indexes of a table that is being loaded: built after the load they cost a fraction. What drops them saves in the same
-- transaction how to make them again, so that whatever dies leaves them standing or listed.

create table if not exists londiste.subscriber_pending_indexes (
    table_name  text not null,
    index_name  text not null,
    tablespace  text,
    restore_sql text[] not null,
    primary key (table_name, index_name)
);
select londiste.complete_table('londiste.subscriber_pending_indexes',
    'unique_beside_key boolean not null default false');        -- unique or exclusion, and not the primary key

-- ----------------------------------------------------------------------
-- Function: londiste.copy_indexes(table)
--
--      The indexes of a table, as its copy sees them. What stays: indexes of partitioned tables, indexes with statistics
--      targets of their own, and whatever something else depends on, for example a view grouped by the key (C27).
--      unique_beside_key - two rows may conflict in it though their keys differ
-- ----------------------------------------------------------------------
create or replace function londiste.copy_indexes(
    i_table text,
    out index_oid oid, out constraint_oid oid, out unique_beside_key boolean, out stays boolean)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select i.indexrelid, con.oid, (i.indisunique or i.indisexclusion) and not i.indisprimary,
           r.relkind <> 'r' or not i.indisvalid
           or exists (select 1 from pg_inherits h where h.inhrelid = i.indexrelid)
           or exists (select 1 from pg_attribute a where a.attrelid = i.indexrelid and a.attstattarget > -1)
           or exists (select 1 from pg_depend d
                       where d.deptype not in ('i', 'a', 'I', 'P', 'S')
                         and (d.refclassid = 'pg_class'::regclass and d.refobjid = i.indexrelid
                              or d.refclassid = 'pg_constraint'::regclass and d.refobjid = con.oid))
      from pg_index i
      join pg_class r on r.oid = i.indrelid
      left join pg_constraint con on con.conindid = i.indexrelid and con.conrelid = i.indrelid
                                 and con.contype in ('p', 'u', 'x')
     where i.indrelid = londiste.find_table_oid(i_table);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.drop_table_indexes(table)
--
--      Drops indexes with the constraints that they serve, and saves how to make them.
-- Returns: how many were dropped.
-- ----------------------------------------------------------------------
create or replace function londiste.drop_table_indexes(i_table text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    target regclass := londiste.find_table_oid(i_table)::regclass;
    dropped integer := 0;
    index record;
begin
    for index in
        select i.index_oid, c.relname, i.constraint_oid, i.unique_beside_key, con.conname, t.spcname
          from londiste.copy_indexes(i_table) i
          join pg_catalog.pg_class c on c.oid = i.index_oid
          left join pg_catalog.pg_tablespace t on t.oid = c.reltablespace
          left join pg_catalog.pg_constraint con on con.oid = i.constraint_oid
         where not i.stays
         order by c.relname
    loop
        -- One of that name may be pending since a copy that was given up; this is what stands there now.
        delete from londiste.subscriber_pending_indexes where table_name = i_table and index_name = index.relname;
        insert into londiste.subscriber_pending_indexes (table_name, index_name, tablespace, restore_sql, unique_beside_key)
            values (i_table, index.relname, index.spcname,
                    londiste.index_sql(target, index.index_oid, index.constraint_oid), index.unique_beside_key);
        if index.constraint_oid is null then
            execute format('drop index %s', index.index_oid::regclass);
        else
            execute format('alter table %s drop constraint %I', target, index.conname);
        end if;
        dropped := dropped + 1;
    end loop;
    return dropped;
end;
$$;

-- Statements that make an index again, its constraint, its comments and the roles it plays for its table.
create or replace function londiste.index_sql(i_table regclass, i_index oid, i_constraint oid)
returns text[]
language sql stable
set search_path = pg_catalog
as $$
    select array_remove(array[
        case when own.constraint_alone is not true then pg_catalog.pg_get_indexdef(i_index) end,
        case when own.constraint_alone then
            format('alter table %s add constraint %I %s', i_table, con.conname, pg_catalog.pg_get_constraintdef(con.oid))
        when con.oid is not null then
            format('alter table %s add constraint %I %s using index %I%s%s', i_table, con.conname,
                   case con.contype when 'p' then 'primary key' else 'unique' end, c.relname,
                   case when con.condeferrable then ' deferrable' end,
                   case when con.condeferred then ' initially deferred' end) end,
        case when i.indisreplident then
            format('alter table %s replica identity using index %I', i_table, c.relname) end,
        case when i.indisclustered then
            format('alter table %s cluster on %I', i_table, c.relname) end,
        'comment on index ' || i_index::regclass::text || ' is '
            || quote_literal(pg_catalog.obj_description(i_index, 'pg_class')),
        'comment on constraint ' || quote_ident(con.conname) || ' on ' || i_table::text || ' is '
            || quote_literal(pg_catalog.obj_description(con.oid, 'pg_constraint'))], null)
      from pg_catalog.pg_index i
      join pg_catalog.pg_class c on c.oid = i.indexrelid
      left join pg_catalog.pg_constraint con on con.oid = i_constraint
           -- Keys WITHOUT OVERLAPS exclude rows, too, and take no index that was made before.
      cross join lateral (select con.oid is not null and i.indisexclusion) as own (constraint_alone)
     where i.indexrelid = i_index;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.restore_table_indexes(table, all)
--
--      Makes what drop_table_indexes dropped, and analyzes the table. Not all: what is unique beside the primary key
--      waits, because rows of several snapshots may still be in conflict there (C23).
-- Returns: how many were made.
-- ----------------------------------------------------------------------
drop function if exists londiste.restore_table_indexes(text);
create or replace function londiste.restore_table_indexes(i_table text, i_all boolean)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    pending londiste.subscriber_pending_indexes;
    statement text;
    restored integer := 0;
begin
    for pending in
        delete from londiste.subscriber_pending_indexes
         where table_name = i_table and (i_all or not unique_beside_key)
        returning *
    loop
        perform set_config('default_tablespace', coalesce(pending.tablespace, ''), true);
        foreach statement in array pending.restore_sql loop
            execute statement;
        end loop;
        restored := restored + 1;
    end loop;
    execute format('analyze %s', londiste.find_table_oid(i_table)::regclass);
    return restored;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.give_indexes_back(table)
--
--      Makes what a copy that is given up has left dropped. What cannot be made stays listed: half a copy may hold the
--      same unique value twice, and a column may have gone.
-- ----------------------------------------------------------------------
create or replace function londiste.give_indexes_back(i_table text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.restore_table_indexes(i_table, true)
      from londiste.subscriber_pending_indexes where table_name = i_table limit 1;
exception when integrity_constraint_violation or undefined_column or undefined_table or undefined_object or undefined_function then
    raise warning 'The indexes of table % stay dropped, listed in londiste.subscriber_pending_indexes: %', i_table, sqlerrm;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.empty_table(table)
--
--      Removes all rows, also those of partitions, but not those of inheritance children: they are tables of their own.
-- ----------------------------------------------------------------------
create or replace function londiste.empty_table(i_table text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    target regclass := londiste.find_table_oid(i_table)::regclass;
    kind "char" := (select relkind from pg_catalog.pg_class where oid = target);
begin
    execute format('truncate %s %s', case kind when 'r' then 'only' else '' end, target);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.estimate_rows(table)
--
--      The planner's guess of how many rows the table has: costs nothing, and is there for tables never analyzed too.
-- ----------------------------------------------------------------------
create or replace function londiste.estimate_rows(i_table text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
declare
    plan json;
begin
    execute format('explain (format json) select 1 from %s', londiste.find_table_oid(i_table)::regclass) into plan;
    return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8::bigint;
end;
$$;
