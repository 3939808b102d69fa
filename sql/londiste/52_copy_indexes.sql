-- Indexes of a table that is being loaded: built after the load they cost a fraction. They are dropped, loaded without
-- and created again in one transaction, so that whatever dies leaves the table as it was.

create table if not exists londiste.subscriber_pending_indexes (
    table_name  text not null,
    index_name  text not null,
    tablespace  text,
    restore_sql text[] not null,
    primary key (table_name, index_name)
);

-- ----------------------------------------------------------------------
-- Function: londiste.drop_table_indexes(table)
--
--      Drops indexes with the primary key and unique constraints that they serve, and saves how to make them. What
--      stays: indexes of partitioned tables, exclusion constraints, indexes with statistics targets of their own, and
--      whatever something else depends on, for example a view grouped by the key (C27).
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
        select i.indexrelid, c.relname, con.oid as constraint_oid, con.conname,
               (select t.spcname from pg_catalog.pg_tablespace t where t.oid = c.reltablespace) as tablespace
          from pg_catalog.pg_index i
          join pg_catalog.pg_class c on c.oid = i.indexrelid
          join pg_catalog.pg_class r on r.oid = i.indrelid
          join pg_catalog.pg_am am on am.oid = c.relam
          left join pg_catalog.pg_constraint con on con.conindid = i.indexrelid and con.conrelid = i.indrelid
                                                and con.contype in ('p', 'u', 'x')
         where i.indrelid = target and r.relkind = 'r' and i.indisvalid
           and con.contype is distinct from 'x' and (con.oid is null or am.amname = 'btree')
           and not exists (select 1 from pg_catalog.pg_inherits h where h.inhrelid = i.indexrelid)
           and not exists (select 1 from pg_catalog.pg_attribute a
                            where a.attrelid = i.indexrelid and a.attstattarget > -1)
           and not exists (select 1 from pg_catalog.pg_depend d
                            where d.deptype not in ('i', 'a', 'I', 'P', 'S')
                              and (d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = i.indexrelid
                                   or d.refclassid = 'pg_catalog.pg_constraint'::regclass and d.refobjid = con.oid))
         order by c.relname
    loop
        insert into londiste.subscriber_pending_indexes (table_name, index_name, tablespace, restore_sql)
            values (i_table, index.relname, index.tablespace,
                    londiste.index_sql(target, index.indexrelid, index.constraint_oid));
        if index.constraint_oid is null then
            execute format('drop index %s', index.indexrelid::regclass);
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
        pg_catalog.pg_get_indexdef(i_index),
        case when con.oid is not null then
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
     where i.indexrelid = i_index;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.restore_table_indexes(table)
--
--      Makes what drop_table_indexes dropped, and analyzes the table.
-- Returns: how many were made.
-- ----------------------------------------------------------------------
create or replace function londiste.restore_table_indexes(i_table text)
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
        delete from londiste.subscriber_pending_indexes where table_name = i_table returning *
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
