-- Partitions of a captured table that come with rows, or go with them: the rows travel as inserts, or as deletes, in the same transaction (C05).

-- Attaches a partition and sends its rows. i_bound is SQL of the operator's own: `for values from (..) to (..)`, `default`, ...
create or replace function londiste.provider_attach_partition(i_queue_name text, i_table_name text, i_partition_name text, i_bound text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
    v_partition oid := londiste.table_oid(i_partition_name);
begin
    perform londiste.refuse_mirror(i_queue_name);
    execute format('lock table %s in share row exclusive mode', v_table.relation);
    execute format('lock table %s in access exclusive mode', v_partition::regclass);
    execute format('alter table %s attach partition %s %s', v_table.relation, v_partition::regclass, i_bound);
    perform londiste.provider_refresh_trigger(i_queue_name, i_table_name);
    return londiste.emit_rows(v_table, v_partition, 'I');
end
$$;

-- Detaches a partition and sends the removal of its rows; the table itself stays.
create or replace function londiste.provider_detach_partition(i_queue_name text, i_table_name text, i_partition_name text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
    v_partition oid := londiste.table_oid(i_partition_name);
    v_parent regclass := (select inhparent from pg_inherits where inhrelid = v_partition);
    v_rows bigint;
    v_trigger record;
begin
    perform londiste.refuse_mirror(i_queue_name);
    if pg_partition_root(v_partition) is distinct from v_table.relation or v_parent is null then
        raise exception '% is no partition of %', londiste.relation_name(v_partition), v_table.table_name using errcode = 'LD009';
    end if;
    execute format('lock table %s in access exclusive mode', v_table.relation);
    v_rows := londiste.emit_rows(v_table, v_partition, 'D');
    execute format('alter table %s detach partition %s', v_parent, v_partition::regclass);
    for v_trigger in
        select t.tgname, t.tgrelid::regclass as relation
        from londiste.capture_triggers(v_table.nr) c join pg_trigger t on t.oid = c
        where t.tgparentid = 0 and t.tgrelid in (select v_partition union all select relid from pg_partition_tree(v_partition))
    loop
        execute format('drop trigger %I on %s', v_trigger.tgname, v_trigger.relation);
    end loop;
    perform londiste.provider_refresh_trigger(i_queue_name, i_table_name);
    return v_rows;
end
$$;

create or replace function londiste.provider_drop_partition(i_queue_name text, i_table_name text, i_partition_name text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_rows bigint := londiste.provider_detach_partition(i_queue_name, i_table_name, i_partition_name);
begin
    execute format('drop table %s', londiste.table_oid(i_partition_name)::regclass);
    return v_rows;
end
$$;

-- Tables whose partitions came or went with rows that no event has carried: attached, detached or dropped by other means than the functions
-- above. A leaf that is not known yet brought rows only if it was a table before: then its system columns are older than its place in the tree.
create or replace function londiste.partition_drift(i_queue_name text, out table_name text, out detail text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    with known as (
        select t.table_name, t.partitions, londiste.leaf_partitions(t.relation) as leaves
        from londiste.provider_table t
        where t.queue_name = i_queue_name and t.partitions is not null and t.capture <> 'mirror'
    )
    select k.table_name, format(
        'partition %s of table %s was attached without its rows being sent: renew the table with PROVIDER_REFRESH, then copy it again with SUBSCRIBER_RESYNC',
        l, k.table_name)
    from known k cross join lateral unnest(k.leaves) l
    where l <> all (k.partitions) and exists (
        select from (select l::oid as relid union all select a.relid::oid from pg_partition_ancestors(l) a) as up
            join pg_inherits i on i.inhrelid = up.relid
            join pg_attribute a on a.attrelid = up.relid and a.attnum = -1
        where i.xmin::text <> a.xmin::text)
    union all
    select k.table_name, format(
        'partition %s of table %s was detached or dropped without its rows being removed: renew the table with PROVIDER_REFRESH, then copy it again with SUBSCRIBER_RESYNC',
        l, k.table_name)
    from known k cross join lateral unnest(k.partitions) l
    where l <> all (k.leaves)
$$;
