-- The schema londiste: what `provider add` and `subscriber add` keep, on either side of a replication.
--
-- Files are installed in the order of their names, after sql/pgq, in one transaction (`cat sql/londiste/*.sql | psql -1`);
-- every file may be run again on what it made before.

-- C42: the schema of Londiste 3 has the same name and other tables. It stays untouched, and the transaction fails.
do $$
begin
    if to_regclass('londiste.table_info') is not null and to_regclass('londiste.provider_table') is null then
        raise exception 'the schema londiste of this database belongs to Londiste 3: nothing was changed'
            using errcode = 'LD010',
                hint = 'Its tables are followed as they are: SUBSCRIBER_ADD takes them.';
    end if;
end
$$;

create schema if not exists londiste;

-- Functions left by SkyTools 2 return other types than ours, and would stand beside them as overloads. Trigger functions stay, since tables use them.
do $$
declare
    old regprocedure;
begin
    if exists (
        select from pg_catalog.pg_attribute
        where attrelid = to_regclass('londiste.provider_table') and attname = 'key_columns'
    ) then
        return;
    end if;
    for old in
        select oid from pg_catalog.pg_proc
        where pronamespace = 'londiste'::regnamespace and prorettype <> 'trigger'::regtype
    loop
        execute 'drop function ' || old;
    end loop;
end
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.complete_table(table, column definitions)
--
--      Adds the columns that the table lacks. A table that has them all is not locked: a replay holds rows of ours in its
--      transaction, and an installation that changes nothing neither waits for it nor deadlocks with it.
-- ----------------------------------------------------------------------
create or replace function londiste.complete_table(i_table regclass, variadic i_columns text[])
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_missing text := (
        select string_agg('add column ' || definition, ', ' order by nr)
        from unnest(i_columns) with ordinality as c (definition, nr)
        where not exists (
            select from pg_attribute
            where attrelid = i_table and attname = split_part(definition, ' ', 1) and not attisdropped));
begin
    if v_missing is not null then
        execute format('alter table %s %s', i_table, v_missing);
    end if;
end
$$;
