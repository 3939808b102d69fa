-- What comparing and repairing asks of either side. The caller gives columns and key as SQL over the table's row, as many in the same order
-- for both sides, so that other column orders, masks and filters compare alike. A row's content is the text of those values as the server
-- writes them, under settings fixed here, in UTF-8: equal between versions, collations and encodings of servers (C39).

drop function if exists londiste.sum_rows(text, text[]);
drop function if exists londiste.count_rows(text);

-- Where a type has its own `=`; varchar uses that of text.
create or replace function londiste.equals_schema(i_type oid)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select n.nspname::text
      from pg_operator o
      join pg_namespace n on n.oid = o.oprnamespace,
           coalesce(nullif(i_type, 'varchar'::regtype), 'text'::regtype) as type
     where o.oprname = '=' and o.oprleft = type and o.oprright = type
     order by o.oid
     limit 1;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.compared_columns(table)
--
--      The columns of a table in their order, as comparing must know them.
--      type_name - with its schema and length
--      is_builtin - whether every server has the type
--      equals_schema - where `=` for two values of the type is; null when it has none of its own, as arrays and enums
-- ----------------------------------------------------------------------
create or replace function londiste.compared_columns(
    i_table text,
    out column_name text, out type_name text, out is_generated boolean, out is_builtin boolean, out equals_schema text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
           coalesce(e.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace,
           londiste.equals_schema(t.oid)
      from pg_attribute a
      join pg_type t on t.oid = londiste.base_type(a.atttypid)
      left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
     where a.attrelid = londiste.table_oid(i_table) and a.attnum > 0 and not a.attisdropped
     order by a.attnum;
$$;

-- The key that the queue's events of a table carry.
create or replace function londiste.compared_key(i_queue text, i_table text)
returns text[]
language sql stable
set search_path = pg_catalog
as $$
    select coalesce(
        (select p.key_columns from londiste.provider_table p where p.queue_name = i_queue and p.table_name = i_table),
        londiste.key_columns(londiste.table_oid(i_table)));
$$;

-- Children by plain inheritance are tables of their own.
create or replace function londiste.compared_from(i_table text, i_filter text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case when c.relkind = 'p' then '' else 'only ' end || c.oid::regclass || coalesce(E' where (' || i_filter || E'\n)', ' where true')
      from pg_class c
     where c.oid = londiste.table_oid(i_table);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.compared_pages(table)
--
--      How many pages its longest heap has: rows that an older snapshot sees lie before that page.
-- ----------------------------------------------------------------------
create or replace function londiste.compared_pages(i_table text)
returns bigint
language sql volatile
set search_path = pg_catalog
as $$
    select coalesce(max(pg_relation_size(r.oid) / current_setting('block_size')::int8), 0)
      from (select londiste.table_oid(i_table) as oid
            union select p.relid from pg_partition_tree(londiste.table_oid(i_table)) p) r
      join pg_class c on c.oid = r.oid and c.relkind = 'r';
$$;

create or replace function londiste.count_rows(i_table text, i_filter text)
returns bigint
language plpgsql stable
set search_path = pg_catalog
set row_security = off
as $$
declare
    v_rows bigint;
begin
    execute 'select count(*) from ' || londiste.compared_from(i_table, i_filter) into v_rows;
    return v_rows;
end;
$$;

-- The text that the output function of the value's type makes; a cast to text may make another one.
create or replace function londiste.value_text(i_sql text)
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select format('case when num_nulls(%1$s) = 0 then concat(%1$s) end', i_sql);
$$;

-- A query for (digest of the key, key, content) of each row.
create or replace function londiste.compared_rows(i_table text, i_columns text[], i_key text[], i_filter text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select format('select md5(convert_to(row(%s)::text, ''UTF8'')) as digest, array[%s] as key,
                          convert_to(row(%s)::text, ''UTF8'') as content
                     from %s',
        array_to_string(i_key, ', '),
        (select string_agg(londiste.value_text(k), ', ' order by ord) from unnest(i_key) with ordinality u (k, ord)),
        array_to_string(i_columns, ', '),
        londiste.compared_from(i_table, i_filter));
$$;

-- The bucket of a row, by the leading bits of its key's digest.
create or replace function londiste.bucket_sql(i_bits integer)
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select format('((''x'' || left(digest, 8))::bit(32)::int8 >> %s)::int4', 32 - i_bits);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.bucket_sums(table, columns, key, filter, bits, from page, to page)
--
--      The rows of a range of pages, in 2^bits buckets by key: for each that has any, their number and the sum of 60 bits
--      of each content's md5. The sums of all ranges add up to those of the table. A page of null is beyond the end.
-- ----------------------------------------------------------------------
create or replace function londiste.bucket_sums(
    i_table text, i_columns text[], i_key text[], i_filter text, i_bits integer, i_from_page bigint, i_to_page bigint,
    out bucket integer, out row_count bigint, out content_sum numeric)
returns setof record
language plpgsql stable
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmloption = 'content'
set lc_monetary = 'C'
set row_security = off
set jit = off
as $$
declare
    pages text := format(' and ctid >= ''(%s,0)''', i_from_page)
        || case when i_to_page is null then '' else format(' and ctid < ''(%s,0)''', i_to_page) end;
begin
    return query execute format(
        'select %s, count(*), sum((''x'' || left(md5(content), 15))::bit(60)::int8) from (%s) r group by 1',
        londiste.bucket_sql(i_bits), londiste.compared_rows(i_table, i_columns, i_key, i_filter) || pages);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.bucket_rows(table, columns, key, filter, bits, buckets)
--
--      The rows of these buckets by the digests of their keys, an order that is the same on every server: key, digest and
--      size in bytes of the content.
-- ----------------------------------------------------------------------
create or replace function londiste.bucket_rows(
    i_table text, i_columns text[], i_key text[], i_filter text, i_bits integer, i_buckets integer[],
    out key_digest text, out key_values text[], out content_digest text, out content_size integer)
returns setof record
language plpgsql stable
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmloption = 'content'
set lc_monetary = 'C'
set row_security = off
set jit = off
as $$
begin
    return query execute format(
        'select digest, key, left(md5(content), 15), length(content) from (%s) r where %s = any (%L::int4[]) order by digest collate "C"',
        londiste.compared_rows(i_table, i_columns, i_key, i_filter), londiste.bucket_sql(i_bits), i_buckets);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.rows_by_key(table, columns, key names, filter, keys, lock)
--
--      The values of rows as texts. `keys` are the texts of the keys' columns, one key after the other; `nr` counts them
--      from 1; keys are equal when the database says so. With `lock` the rows stay as they are until the end of the
--      transaction.
-- ----------------------------------------------------------------------
create or replace function londiste.rows_by_key(
    i_table text, i_columns text[], i_key_names text[], i_filter text, i_keys text[], i_lock boolean,
    out nr integer, out row_values text[])
returns setof record
language plpgsql volatile
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set xmloption = 'content'
set lc_monetary = 'C'
set row_security = off
set enable_seqscan = off
set jit = off
as $$
declare
    target regclass := londiste.table_oid(i_table);
    width integer := cardinality(i_key_names);
    conditions text;
    columns text;
begin
    select string_agg(
               format('%I %s $1[(londiste_nr.i - 1) * %s + %s]::%s', a.attname,
                   coalesce(format('operator(%I.=)', londiste.equals_schema(base)), '='),
                   width, k.ord, base::regtype),
               ' and ' order by k.ord)
      into conditions
      from unnest(i_key_names) with ordinality k (column_name, ord)
      join pg_attribute a on a.attrelid = target and a.attname = k.column_name and not a.attisdropped,
           londiste.base_type(a.atttypid) as base;
    select string_agg(londiste.value_text(c), ', ' order by ord) into columns from unnest(i_columns) with ordinality u (c, ord);
    return query execute format(
        'select londiste_nr.i, r.londiste_values
           from generate_series(1, %s) londiste_nr (i)
          cross join lateral (select array[%s] as londiste_values from %s and %s%s) r',
        cardinality(i_keys) / width, columns, londiste.compared_from(i_table, i_filter), conditions,
        case when i_lock then ' for update' else '' end)
        using i_keys;
end;
$$;

-- Keeps the replay's table from becoming anything else until the end of the transaction. LD008: it is something else already.
create or replace function londiste.hold_replayed(i_queue text, i_table text, i_attempt integer)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform 1 from londiste.subscriber_table
     where queue_name = i_queue and table_name = i_table and copy_attempt = i_attempt and merge_state = 'ok' and parked_reason is null
       for share;
    if not found then
        raise exception 'Table % of queue % is no longer in sync', i_table, i_queue using errcode = 'LD008';
    end if;
end;
$$;
