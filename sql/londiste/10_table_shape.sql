-- What `provider add` reads from the catalog about a table: may it be captured, its key, its columns, its leaves.

-- Refuses what cannot be captured (LD009).
create or replace function londiste.check_capturable(i_relation oid)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.relation_name(i_relation);
    v_table pg_class;
begin
    select * into v_table from pg_class where oid = i_relation;
    if v_table.relispartition then
        raise exception 'table % is a partition: add its root, %', v_name, londiste.relation_name(pg_partition_root(i_relation))
            using errcode = 'LD009';
    end if;
    if v_table.relpersistence = 't' then
        raise exception 'table % is temporary and cannot be replicated', v_name using errcode = 'LD009';
    end if;
    if split_part(v_name, '.', 1) in ('pgq', 'pgq_ext', 'pgq_coop', 'pgq_client', 'londiste', 'information_schema')
        or v_name like 'pg\_%' then
        raise exception 'table % belongs to the system and cannot be replicated', v_name using errcode = 'LD009';
    end if;
end
$$;

-- The columns of the primary key in its order; or those named, which need a unique index that is complete, NOT NULL and immediate (C08).
create or replace function londiste.key_columns(i_relation oid, i_named text[] default null)
returns text[]
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.relation_name(i_relation);
    v_key text[];
    v_column text;
begin
    select k.columns into v_key
    from (
        select i.indisprimary, i.indexrelid, array_agg(a.attname::text order by p.ord) as columns, bool_and(a.attnotnull) as all_not_null
        from pg_index i
            cross join lateral unnest(i.indkey::int2[]) with ordinality as p (attnum, ord)
            left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = p.attnum and a.attnum > 0
        where i.indrelid = i_relation and i.indisunique and i.indisvalid and i.indimmediate
            and i.indpred is null and i.indexprs is null and p.ord <= i.indnkeyatts
        group by i.indexrelid, i.indisprimary
    ) k
    where case
        when i_named is null then k.indisprimary
        else k.all_not_null and k.columns @> i_named and k.columns <@ i_named
    end
    order by k.indisprimary desc, k.indexrelid
    limit 1;
    if v_key is null and i_named is null then
        raise exception 'table % has no primary key: name a key, or add one', v_name using errcode = 'LD002',
            hint = 'A named key needs a unique index on NOT NULL columns that is neither partial nor deferrable.';
    elsif v_key is null then
        raise exception 'table % has no usable unique index on (%)', v_name, array_to_string(i_named, ', ') using errcode = 'LD002',
            hint = 'A named key needs a unique index on NOT NULL columns that is neither partial nor deferrable.';
    end if;
    foreach v_column in array v_key loop
        if strpos(v_column, ',') > 0 then
            raise exception 'key column "%" of table % has a comma in its name and cannot be replicated', v_column, v_name
                using errcode = 'LD009';
        end if;
    end loop;
    return v_key;
end
$$;

-- `name type` of every column, in order: kept at the registration, compared by CHECK.
create or replace function londiste.table_columns(i_relation oid)
returns text[]
language sql stable
set search_path = pg_catalog
as $$
    select array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) order by a.attnum)
    from pg_attribute a
    where a.attrelid = i_relation and a.attnum > 0 and not a.attisdropped
$$;

-- The type under all domains.
create or replace function londiste.base_type(i_type oid)
returns oid
language sql stable
set search_path = pg_catalog
as $$
    with recursive base (oid, typtype, typbasetype) as (
        select t.oid, t.typtype, t.typbasetype from pg_type t where t.oid = i_type
        union all
        select t.oid, t.typtype, t.typbasetype from pg_type t join base b on t.oid = b.typbasetype and b.typtype = 'd'
    )
    select oid from base where typtype <> 'd'
$$;

-- C02: does row_to_json lose something of a value of this type? json null is not SQL NULL, arrays have bounds, composites and ranges nest
-- texts, and a type with its own cast to json shows whatever that cast says. Everything else is its output text, as a JSON string or number.
create or replace function londiste.json_is_exact(i_type oid)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select t.typtype in ('b', 'e') and t.typcategory <> 'A' and t.oid not in ('json'::regtype, 'jsonb'::regtype)
        and not exists (select from pg_cast c where c.castsource = t.oid and c.casttarget = 'json'::regtype)
    from pg_type t
    where t.oid = londiste.base_type(i_type)
$$;

-- All leaves of a partitioned table; null for any other.
create or replace function londiste.leaf_partitions(i_relation oid)
returns regclass[]
language sql stable
set search_path = pg_catalog
as $$
    select case
        when c.relkind = 'p' then array(select p.relid from pg_partition_tree(c.oid) p where p.isleaf and p.relid <> c.oid order by 1)
    end
    from pg_class c
    where c.oid = i_relation
$$;

create or replace function londiste.rows_are_exact(i_relation oid)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select bool_and(londiste.json_is_exact(a.atttypid))
    from pg_attribute a
    where a.attrelid = i_relation and a.attnum > 0 and not a.attisdropped
$$;

-- A user's AFTER ROW trigger that fires before ours could change the row again and be captured first (LD009).
create or replace function londiste.check_trigger_order(i_relation oid)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_trigger text;
begin
    select t.tgname into v_trigger
    from pg_trigger t
    where t.tgrelid = i_relation and not t.tgisinternal and t.tgtype & 1 = 1 and t.tgtype & 66 = 0 and t.tgname collate "C" < '!londiste_'
    limit 1;
    if v_trigger is not null then
        raise exception 'trigger "%" of table % would fire before the capture trigger: rename it', v_trigger, londiste.relation_name(i_relation)
            using errcode = 'LD009';
    end if;
end
$$;
