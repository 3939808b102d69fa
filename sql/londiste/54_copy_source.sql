-- What the copy of a table asks of either side before it begins.

-- ----------------------------------------------------------------------
-- Function: londiste.check_captured(queue, table)
--
--      Every change of the table reaches the queue: it is registered there, and its own triggers, TRUNCATE's and those of
--      all partitions included, exist and fire (C22). The caller holds a lock on the table and keeps it until the copy has
--      read the last row.
-- Raises LD004: not registered. LD006: a trigger is missing or disabled.
-- ----------------------------------------------------------------------
create or replace function londiste.check_captured(i_queue text, i_table text)
returns void
language plpgsql
stable
set search_path = pg_catalog
as $$
declare
    registered londiste.provider_table;
    silent text;
begin
    select * into registered from londiste.provider_table p where p.queue_name = i_queue and p.table_name = i_table;
    if not found then
        raise exception 'Table % is not registered in queue % of the provider', i_table, i_queue
            using errcode = 'LD004', hint = 'Add it with PROVIDER_ADD.';
    end if;
    if registered.capture = 'mirror' then
        silent := londiste.mirror_problem(i_queue, i_table);
        if silent is not null then
            raise exception 'Table % cannot be copied from the mirror %: %', i_table, i_queue, silent using errcode = 'LD006';
        end if;
        return;
    end if;
    select format('%s: %s', p.problem, p.detail) into silent
      from londiste.table_problems(registered) p
     where p.problem in ('trigger missing', 'trigger disabled', 'partition not captured')
     limit 1;
    if silent is not null then
        raise exception 'Changes of table % would be lost (%)', i_table, silent
            using errcode = 'LD006', hint = 'Renew its triggers with londiste.provider_refresh_trigger.';
    end if;
end;
$$;

-- Built-in types, arrays and ranges of them, and enums. Not what holds oids, which differ between servers (C33), nor xml, whose
-- binary form may gain a declaration.
create or replace function londiste.has_binary_format(i_type oid)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select case
            when t.typtype = 'e' then true
            when t.typnamespace <> 'pg_catalog'::regnamespace then
                t.typcategory = 'A' and e.typtype = 'e'
            else coalesce(e.typname, t.typname)::text !~ '^(reg.*|oid|oidvector|xml|xid|cid|tid|aclitem|pg_.*)$'
                and t.typtype in ('b', 'r', 'm') and t.typsend <> 0
        end
      from pg_type t
      left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
     where t.oid = i_type;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.copy_columns(table)
--
--      The columns of a table in their order, as a copy must know them.
--      type_name - under domains, with its schema; binary_format - whether its binary form says the same on every server;
--      is_virtual - computed when read (PostgreSQL 18): events have no value of it
-- ----------------------------------------------------------------------
drop function if exists londiste.copy_columns(text);

create or replace function londiste.copy_columns(
    i_table text,
    out column_name text, out type_name text, out is_generated boolean, out is_required boolean,
    out binary_format boolean, out is_virtual boolean)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select a.attname::text, base::regtype::text, a.attgenerated <> '',
           a.attnotnull and not a.atthasdef and a.attidentity = '', londiste.has_binary_format(base), a.attgenerated = 'v'
      from pg_attribute a, londiste.base_type(a.atttypid) as base
     where a.attrelid = londiste.table_oid(i_table) and a.attnum > 0 and not a.attisdropped
     order by a.attnum;
$$;
