-- Counts and checksums of a table, for comparing two sides.

create or replace function londiste.count_rows(i_table text, out row_count bigint, out checksum text)
language plpgsql stable
set search_path = pg_catalog
as $$
begin
    execute format('select count(*) from %s', londiste.table_oid(i_table)::regclass) into row_count;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.sum_rows(table, columns)
--
--      The sum of 60 bits of each row's md5, over the columns' texts in the order given: whatever the order of rows and
--      columns, the collation, the encoding and the version of the server (C39).
-- ----------------------------------------------------------------------
create or replace function londiste.sum_rows(i_table text, i_columns text[], out row_count bigint, out checksum text)
language plpgsql stable
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set "TimeZone" = 'UTC'
set extra_float_digits = 1
set bytea_output = 'hex'
set row_security = off
as $$
declare
    texts text;
begin
    select string_agg(format('coalesce(length(%1$I::text) || '':'' || %1$I::text, ''-'')', c), ' || ' order by ord)
      into texts
      from unnest(i_columns) with ordinality as u (c, ord);
    execute format(
        'select count(*), coalesce(sum((''x'' || left(md5(convert_to(%s, ''UTF8'')), 15))::bit(60)::bigint), 0)::text from %s',
        texts, londiste.table_oid(i_table)::regclass) into row_count, checksum;
end;
$$;
