-- A big table is copied in ranges of its key, each in a transaction of its own that also stores the range's snapshot (C23):
-- a copy that is interrupted goes on with the ranges that are missing, under a snapshot of theirs.
--
-- Both servers must agree on the order of keys. So the key consists of types whose order is the same everywhere, text is
-- compared with COLLATE "C", and the subscriber's primary key has the same columns and types.

create table if not exists londiste.subscriber_copy (
    queue_name      text not null,
    table_name      text not null,
    key_columns     text[] not null,
    key_types       text[] not null,
    shape           text not null,              -- what is read of the provider's table; another shape means to begin anew
    primary key (queue_name, table_name),
    foreign key (queue_name, table_name) references londiste.subscriber_table on delete cascade
);

create table if not exists londiste.subscriber_copy_range (
    queue_name      text not null,
    table_name      text not null,
    range_nr        integer not null,
    lower_key       text[],                     -- the first key of the range; null: no lower bound. It ends where the next begins
    snapshot        text,                       -- of the provider, by which it was loaded; null: it is not yet
    copy_attempt    integer,
    copied_rows     bigint,
    copied_bytes    bigint,
    primary key (queue_name, table_name, range_nr),
    foreign key (queue_name, table_name) references londiste.subscriber_copy on delete cascade
);

create or replace function londiste.key_collation(i_type text)
returns text
language sql immutable
set search_path = pg_catalog
as $$ select case i_type when 'text' then ' collate "C"' else '' end; $$;

-- ----------------------------------------------------------------------
-- Function: londiste.range_condition(columns, types, lower key, upper key)
--
--      SQL that is true for the rows of one range: from the lower key, which is in it, to the upper, which is not.
-- ----------------------------------------------------------------------
create or replace function londiste.range_condition(i_columns text[], i_types text[], i_lower text[], i_upper text[])
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select coalesce(nullif(concat_ws(' and ',
            'row(' || max(k.keys) || ') >= row(' || max(k.lowers) || ')',
            'row(' || max(k.keys) || ') < row(' || max(k.uppers) || ')'), ''), 'true')
      from (select string_agg(format('%I::%s', c.name, c.type) || londiste.key_collation(c.type), ', ' order by c.nr) as keys,
                   string_agg(format('%L::%s', i_lower[c.nr], c.type), ', ' order by c.nr) filter (where i_lower is not null) as lowers,
                   string_agg(format('%L::%s', i_upper[c.nr], c.type), ', ' order by c.nr) filter (where i_upper is not null) as uppers
              from unnest(i_columns, i_types) with ordinality as c (name, type, nr)) k;
$$;

-- The name of a key column's type where its order and its equality are those of every server, else null.
create or replace function londiste.range_type(i_relation oid, i_column text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case when t.typname in ('varchar', 'text') and coll.collisdeterministic then 'text'
                when t.typname in ('int2', 'int4', 'int8', 'numeric', 'uuid', 'date', 'timestamp', 'timestamptz', 'bytea')
                then t.typname::text end
      from pg_attribute a
      join pg_type t on t.oid = londiste.base_type(a.atttypid) and t.typnamespace = 'pg_catalog'::regnamespace
      left join pg_collation coll on coll.oid = a.attcollation
     where a.attrelid = i_relation and a.attname = i_column and not a.attisdropped;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.copy_source(queue, table)
--
--      On the provider: what decides how a table is copied.
--      key_columns, key_types - null when it cannot be read in ranges
--      in_order - whether a range of keys is found together, so that reading one does not mean reading the whole table
-- ----------------------------------------------------------------------
create or replace function londiste.copy_source(
    i_queue text, i_table text,
    out key_columns text[], out key_types text[], out encoding text, out bytes bigint, out in_order boolean)
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    source oid := londiste.table_oid(i_table);
begin
    select p.key_columns, array_agg(londiste.range_type(source, k.name) order by k.nr)
      into key_columns, key_types
      from londiste.provider_table p, unnest(p.key_columns) with ordinality as k (name, nr)
     where p.queue_name = i_queue and p.table_name = i_table
     group by p.key_columns;
    encoding := pg_catalog.getdatabaseencoding();
    if array_position(key_types, null) is not null then
        key_columns := null;
        key_types := null;
    end if;
    bytes := (select coalesce(sum(pg_relation_size(r)), 0)
                from (select source as r union select relid from pg_partition_tree(source)) every_part);
    -- An index in another collation does not find ranges of "C".
    in_order := not exists (select from pg_attribute a join pg_collation c on c.oid = a.attcollation
                             where a.attrelid = source and a.attname = any (key_columns) and c.collname not in ('C', 'POSIX'))
        and coalesce((select bool_and(abs(s.correlation) > 0.5) from pg_stats s
                       where s.schemaname || '.' || s.tablename = i_table and s.attname = key_columns[1]), true);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.cut_ranges(table, key columns, key types, ranges)
--
--      On the provider: keys that cut the table into about so many ranges of about the same size, from a sample of its
--      pages. The settings make the text of a key exact.
-- ----------------------------------------------------------------------
create or replace function londiste.cut_ranges(i_table text, i_columns text[], i_types text[], i_ranges integer)
returns table (lower_key text[])
language plpgsql
set search_path = pg_catalog
set "DateStyle" = 'ISO, MDY'
set "TimeZone" = 'UTC'
set bytea_output = 'hex'
as $$
declare
    relation regclass := londiste.table_oid(i_table)::regclass;
    pages float8 := (select greatest(sum(pg_relation_size(r)) / 8192.0, 1)
                       from (select relation::oid as r union select relid from pg_partition_tree(relation)) every_part);
    -- A range sampled by thirty pages comes out within a fifth of its size.
    percent float8 := least(100, 100 * 30 * i_ranges / pages);
    texts text := (select string_agg(format('%I::text', c), ', ' order by nr) from unnest(i_columns) with ordinality as u (c, nr));
    sorted text := (select string_agg(format('%I::%s', c, t) || londiste.key_collation(t), ', ' order by nr)
                      from unnest(i_columns, i_types) with ordinality as u (c, t, nr));
begin
    return query execute format($sql$
        select s.key
          from (select array[%1$s] as key, row_number() over (order by %2$s) as nr, count(*) over () as n
                  from %3$s %4$s tablesample system (%5$s)) s
         where (s.nr - 1) * %6$s / s.n <> s.nr * %6$s / s.n and s.nr < s.n
         order by s.nr
        $sql$, texts, sorted, case when (select relkind from pg_class where oid = relation) = 'r' then 'only' else '' end,
        relation, percent, i_ranges);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.discard_copy(consumer, queue, table, attempt)
--
--      Forgets what an older copy has left: its ranges, their rows, and its dropped indexes, which are soon made where
--      there are no rows.
-- ----------------------------------------------------------------------
create or replace function londiste.discard_copy(i_consumer text, i_queue text, i_table text, i_attempt integer)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    target text;
    keeps_rows boolean;
begin
    select coalesce(s.dest_table, s.table_name), coalesce(s.skip_truncate, false) into target, keeps_rows
      from londiste.subscriber_table s where s.queue_name = i_queue and s.table_name = i_table;
    if exists (select from londiste.subscriber_pending_indexes p where p.table_name = target) then
        if not keeps_rows then
            perform londiste.empty_table(target);
        end if;
        perform londiste.restore_table_indexes(target, true);
    end if;
    perform londiste.hold_copy(i_consumer, i_queue, i_table, i_attempt);
    delete from londiste.subscriber_copy where queue_name = i_queue and table_name = i_table;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.may_load_ranges(table, key columns, key types, encoding)
--
--      On the subscriber: whether its primary key is the key of the ranges, compared in the same way, and nothing else is
--      unique while they are loaded, for rows of several snapshots may conflict there.
-- ----------------------------------------------------------------------
create or replace function londiste.may_load_ranges(i_table text, i_columns text[], i_types text[], i_encoding text)
returns boolean
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    relation oid := londiste.table_oid(i_table);
    primary_key text[] := (select array_agg(a.attname::text order by a.attname)
                             from pg_index i
                             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                            where i.indrelid = relation and i.indisprimary and i.indimmediate);
begin
    return primary_key = (select array_agg(c order by c) from unnest(i_columns) c)
       and i_types = (select array_agg(londiste.range_type(relation, c) order by nr)
                        from unnest(i_columns) with ordinality as u (c, nr))
       and (array_position(i_types, 'text') is null or i_encoding = getdatabaseencoding())
       and not exists (select from londiste.copy_indexes(i_table) where unique_beside_key and stays);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.begin_ranges(consumer, copy consumer, queue, table, attempt, key columns, key types, shape, bounds, tick)
--
--      End of the transaction that prepares a table for its ranges: they are stored, none of them loaded, with the
--      copy's own position, a tick before any of their snapshots. i_bounds has all lower keys one after the other.
-- ----------------------------------------------------------------------
create or replace function londiste.begin_ranges(
    i_consumer text, i_copy_consumer text, i_queue text, i_table text, i_attempt integer,
    i_columns text[], i_types text[], i_shape text, i_bounds text[],
    i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.hold_copy(i_consumer, i_queue, i_table, i_attempt);
    delete from londiste.subscriber_copy where queue_name = i_queue and table_name = i_table;
    insert into londiste.subscriber_copy (queue_name, table_name, key_columns, key_types, shape)
        values (i_queue, i_table, i_columns, i_types, i_shape);
    insert into londiste.subscriber_copy_range (queue_name, table_name, range_nr, lower_key)
        values (i_queue, i_table, 1, null);
    insert into londiste.subscriber_copy_range (queue_name, table_name, range_nr, lower_key)
        select i_queue, i_table, k.nr + 1, k.key from londiste.keys_of(i_bounds, cardinality(i_columns)) k;
    perform londiste.set_copy_position(i_copy_consumer, i_queue, i_tick_id, i_tick_time, i_tick_snapshot);
end;
$$;

-- Keys that come one after the other in one array, so many columns each.
create or replace function londiste.keys_of(i_texts text[], i_columns integer)
returns table (nr integer, key text[])
language sql immutable
set search_path = pg_catalog
as $$
    select ((o - 1) / i_columns)::integer + 1, array_agg(t order by o)
      from unnest(i_texts) with ordinality as u (t, o)
     group by 1
     order by 1;
$$;

-- Holds the replay's position, and keeps a table in copy in this attempt, until the end of the transaction (C17). Shared: its
-- ranges end beside one another.
create or replace function londiste.hold_copy(i_consumer text, i_queue text, i_table text, i_attempt integer)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.hold_position(i_consumer);
    perform 1 from londiste.subscriber_table s
      where s.queue_name = i_queue and s.table_name = i_table and s.copy_attempt = i_attempt
        and s.merge_state = 'in-copy' and s.parked_reason is null
        for share;
    if not found then
        raise exception 'Table % of queue % is not in copy attempt % any more', i_table, i_queue, i_attempt
            using errcode = 'LD008';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.copy_shape(queue, table)
--
--      The key and the shape of a copy in ranges; no row when the table is not copied so, or its copy is settled.
-- ----------------------------------------------------------------------
create or replace function londiste.copy_shape(
    i_queue text, i_table text, out key_columns text[], out key_types text[], out shape text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select c.key_columns, c.key_types, c.shape
      from londiste.subscriber_copy c
     where c.queue_name = i_queue and c.table_name = i_table;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.copy_ranges(queue, table)
--
--      The ranges in their order; snapshot is null for those still to be loaded.
-- ----------------------------------------------------------------------
create or replace function londiste.copy_ranges(
    i_queue text, i_table text, out range_nr integer, out lower_key text[], out upper_key text[], out snapshot text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select r.range_nr, r.lower_key, lead(r.lower_key) over (order by r.range_nr), r.snapshot
      from londiste.subscriber_copy_range r
     where r.queue_name = i_queue and r.table_name = i_table
     order by r.range_nr;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.end_range(consumer, queue, table, attempt, range, snapshot, rows, bytes)
--
--      Last statement of the transaction that loaded one range.
-- Raises LD008: the range is loaded already, or the table is not in copy in this attempt any more.
-- ----------------------------------------------------------------------
create or replace function londiste.end_range(
    i_consumer text, i_queue text, i_table text, i_attempt integer, i_range integer, i_snapshot text,
    i_rows bigint, i_bytes bigint)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.hold_copy(i_consumer, i_queue, i_table, i_attempt);
    update londiste.subscriber_copy_range
       set snapshot = i_snapshot, copy_attempt = i_attempt, copied_rows = i_rows, copied_bytes = i_bytes
     where queue_name = i_queue and table_name = i_table and range_nr = i_range and snapshot is null;
    if not found then
        raise exception 'Range % of table % of queue % is loaded already', i_range, i_table, i_queue using errcode = 'LD008';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.end_ranges(consumer, queue, table, attempt, snapshot)
--
--      All ranges are loaded: in-copy becomes catching-up, with the newest snapshot of them. Where all have that one, the
--      ranges have done their duty.
-- ----------------------------------------------------------------------
create or replace function londiste.end_ranges(
    i_consumer text, i_queue text, i_table text, i_attempt integer, i_snapshot text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    done record;
begin
    perform londiste.hold_position(i_consumer);
    perform londiste.change_table_state(i_queue, i_table, i_attempt, 'in-copy', 'catching-up', i_snapshot);
    select sum(r.copied_rows) as rows, sum(r.copied_bytes) as bytes, count(distinct r.snapshot) as snapshots,
           count(*) filter (where r.snapshot is null) as missing
      into done
      from londiste.subscriber_copy_range r
     where r.queue_name = i_queue and r.table_name = i_table;
    if done.missing > 0 then
        raise exception 'Table % of queue % still lacks % ranges', i_table, i_queue, done.missing using errcode = 'LD008';
    end if;
    perform londiste.note_copied(i_queue, i_table, i_attempt, done.rows::bigint, done.bytes::bigint);
    if done.snapshots = 1 then
        delete from londiste.subscriber_copy where queue_name = i_queue and table_name = i_table;
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.ranges_of(queue, table, keys)
--
--      For each key, which come one after the other in one array, the number of the range that holds it.
-- ----------------------------------------------------------------------
create or replace function londiste.ranges_of(i_queue text, i_table text, i_keys text[])
returns integer[]
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    copy londiste.subscriber_copy;
    bounds text;
    names text;
    keys text;
    ranges integer[];
begin
    select * into copy from londiste.subscriber_copy c where c.queue_name = i_queue and c.table_name = i_table;
    select string_agg(format('r.lower_key[%s]::%s%s as c%1$s', nr, t, londiste.key_collation(t)), ', ' order by nr),
           string_agg(format('b.c%s', nr), ', ' order by nr),
           string_agg(format('k.key[%s]::%s', nr, t), ', ' order by nr)
      into bounds, names, keys
      from unnest(copy.key_types) with ordinality as u (t, nr);
    execute format($sql$
        with bound as materialized (
            select r.range_nr, %1$s from londiste.subscriber_copy_range r
             where r.queue_name = $1 and r.table_name = $2 and r.lower_key is not null)
        select array(select coalesce((select max(b.range_nr) from bound b where row(%2$s) <= row(%3$s)), 1)
                       from londiste.keys_of($3, %4$s) k order by k.nr)
        $sql$, bounds, names, keys, cardinality(copy.key_types))
        into ranges using i_queue, i_table, i_keys;
    return ranges;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.empty_range(queue, table, range)
--
--      A TRUNCATE of the provider that this range's snapshot does not see.
-- ----------------------------------------------------------------------
create or replace function londiste.empty_range(i_queue text, i_table text, i_range integer)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    copy londiste.subscriber_copy;
    range record;
    target text := (select coalesce(s.dest_table, s.table_name) from londiste.subscriber_table s
                     where s.queue_name = i_queue and s.table_name = i_table);
begin
    select * into copy from londiste.subscriber_copy c where c.queue_name = i_queue and c.table_name = i_table;
    select * into range from londiste.copy_ranges(i_queue, i_table) r where r.range_nr = i_range;
    execute format('delete from %s %s where %s',
                   case (select relkind from pg_class where oid = londiste.table_oid(target)) when 'p' then '' else 'only' end,
                   londiste.table_oid(target)::regclass, londiste.range_condition(copy.key_columns, copy.key_types, range.lower_key, range.upper_key));
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.settle_copy(consumer, queue, table, attempt)
--
--      Catch-up has passed the newest snapshot of the ranges: the table is what it was on the provider at one tick, so
--      that what is unique comes back (C23), and its ranges have done their duty.
-- ----------------------------------------------------------------------
create or replace function londiste.settle_copy(i_consumer text, i_queue text, i_table text, i_attempt integer)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.restore_table_indexes(coalesce(s.dest_table, s.table_name), true)
      from londiste.subscriber_table s
     where s.queue_name = i_queue and s.table_name = i_table and s.copy_attempt = i_attempt;
    perform londiste.hold_table(i_consumer, i_queue, i_table, i_attempt);
    delete from londiste.subscriber_copy where queue_name = i_queue and table_name = i_table;
end;
$$;
