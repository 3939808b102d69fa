-- Names and relations. Names are `schema.table`, raw and unquoted, the schema defaulting to public.

-- The oid of a relation of one of the kinds, or null.
create or replace function londiste.find_rel_oid(i_name text, i_kinds text)
returns oid
language sql stable
set search_path = pg_catalog
as $$
    select c.oid
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname::text || '.' || c.relname::text = case when strpos(i_name, '.') = 0 then 'public.' || i_name else i_name end
        -- split again, so that the index on (relname, relnamespace) serves
        and c.relname = substr(i_name, strpos(i_name, '.') + 1)
        and strpos(i_kinds, c.relkind::text) > 0
$$;

create or replace function londiste.find_table_oid(i_table_name text)
returns oid
language sql stable
set search_path = pg_catalog
as $$ select londiste.find_rel_oid(i_table_name, 'rp') $$;

create or replace function londiste.find_seq_oid(i_seq_name text)
returns oid
language sql stable
set search_path = pg_catalog
as $$ select londiste.find_rel_oid(i_seq_name, 'S') $$;

-- `schema.table` of a relation, raw.
create or replace function londiste.relation_name(i_relation oid)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select n.nspname::text || '.' || c.relname::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = i_relation
$$;

-- The name with its schema, refused when it cannot be one (C08: a dot inside a name would read as another table).
create or replace function londiste.full_name(i_name text)
returns text
language plpgsql immutable
set search_path = pg_catalog
as $$
begin
    if i_name is null or i_name = '' or i_name like '.%' or i_name like '%.' then
        raise exception 'not a table name: %', coalesce(quote_literal(i_name), 'null') using errcode = 'LD009';
    end if;
    if length(i_name) - length(replace(i_name, '.', '')) > 1 then
        raise exception 'a name with a dot in it cannot be replicated: %', i_name using errcode = 'LD009';
    end if;
    return case when strpos(i_name, '.') = 0 then 'public.' || i_name else i_name end;
end
$$;

-- The table of this name, or LD001.
create or replace function londiste.table_oid(i_table_name text)
returns oid
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_oid oid := londiste.find_table_oid(londiste.full_name(i_table_name));
begin
    if v_oid is null then
        raise exception 'no such table: %', londiste.full_name(i_table_name) using errcode = 'LD001';
    end if;
    return v_oid;
end
$$;
