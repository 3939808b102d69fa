-- What a table has that stands in the way of a copy.

-- Foreign keys from and to the table, each with the statement that makes it. Those inherited by partitions come with their parent's.
create or replace function londiste.find_table_fkeys(
    i_table_name text,
    out from_table text, out to_table text, out fkey_name text, out fkey_def text, out validated boolean, out fkey_comment text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select londiste.relation_name(c.conrelid), londiste.relation_name(c.confrelid), c.conname::text,
        'alter table ' || c.conrelid::regclass || ' add constraint ' || quote_ident(c.conname) || ' '
            || regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', ''),
        c.convalidated, obj_description(c.oid, 'pg_constraint')
    from pg_constraint c
    where c.contype = 'f' and c.conparentid = 0
        and londiste.find_table_oid(i_table_name) in (c.conrelid, c.confrelid)
    order by 1, 3
$$;

-- The table's own triggers: not those of constraints, not the clones of a partitioned parent's, and none of ours or of a queue (C27).
create or replace function londiste.find_table_triggers(
    i_table_name text,
    out table_name text, out trigger_name text, out trigger_def text, out enabled "char", out trigger_comment text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select londiste.relation_name(t.tgrelid), t.tgname::text, pg_get_triggerdef(t.oid), t.tgenabled,
        obj_description(t.oid, 'pg_trigger')
    from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        join pg_namespace n on n.oid = p.pronamespace
    where t.tgrelid = londiste.find_table_oid(i_table_name)
        and not t.tgisinternal and t.tgparentid = 0
        and n.nspname not in ('londiste', 'pgq')
    order by 2
$$;

-- The letters of a logtriga: k for a key column, v for a value, i for a column that is not replicated.
create or replace function londiste.find_column_types(i_table_name text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select string_agg(
        case when a.attisdropped then '' when a.attgenerated <> '' then 'i' when a.attnum = any (i.indkey) then 'k' else 'v' end,
        '' order by a.attnum)
    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = londiste.find_table_oid(i_table_name) and a.attnum > 0
$$;
