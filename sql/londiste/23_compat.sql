-- Older forms of Londiste 2.

-- i_col_types: a letter for each column, k for the key. A column marked i (ignored) cannot be left out by this capture: the subscriber's
-- column list does that.
create or replace function londiste.key_of_types(i_relation oid, i_col_types text)
returns text[]
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_key text[];
    v_columns bigint;
begin
    select array_agg(c.attname::text order by c.nr) filter (where substr(i_col_types, c.nr::int, 1) = 'k'), count(*)
    into v_key, v_columns
    from (
        select a.attname, row_number() over (order by a.attnum) as nr
        from pg_attribute a where a.attrelid = i_relation and a.attnum > 0 and not a.attisdropped
    ) c;
    if length(i_col_types) <> v_columns or i_col_types !~ '^[kv]*$' or v_key is null then
        raise exception 'column types % do not fit table %', quote_literal(i_col_types), londiste.relation_name(i_relation)
            using errcode = 'LD009', hint = 'A letter for each column: k for the key, v for the others.';
    end if;
    return v_key;
end
$$;

create or replace function londiste.provider_add_table(i_queue_name text, i_table_name text, i_col_types text)
returns int
language sql
set search_path = pg_catalog
as $$
    select londiste.provider_add_table(
        i_queue_name, i_table_name, londiste.key_of_types(londiste.table_oid(i_table_name), i_col_types), null, null)
$$;

create or replace function londiste.provider_refresh_trigger(i_queue_name text, i_table_name text, i_col_types text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
begin
    update londiste.provider_table
    set named_key = true, key_columns = londiste.key_of_types(relation, i_col_types)
    where nr = (londiste.registered_table(i_queue_name, i_table_name)).nr;
    return londiste.provider_refresh_trigger(i_queue_name, i_table_name);
end
$$;

create or replace function londiste.provider_create_trigger(i_queue_name text, i_table_name text, i_col_types text)
returns int
language sql
set search_path = pg_catalog
as $$ select londiste.provider_refresh_trigger(i_queue_name, i_table_name, i_col_types) $$;

-- Queues that are a mirror of one another.
create or replace function londiste.link_source(i_dest text)
returns text
language sql stable
set search_path = pg_catalog
as $$ select source from londiste.link where dest = i_dest $$;

create or replace function londiste.link_dest(i_source text)
returns text
language sql stable
set search_path = pg_catalog
as $$ select dest from londiste.link where source = i_source $$;
