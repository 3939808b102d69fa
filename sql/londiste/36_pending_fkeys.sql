-- Foreign keys put aside for a copy. They come back NOT VALID, which takes no scan, and are validated apart (C26).

create or replace function londiste.subscriber_get_table_pending_fkeys(i_table_name text)
returns setof londiste.subscriber_pending_fkeys
language sql stable
set search_path = pg_catalog
as $$
    select * from londiste.subscriber_pending_fkeys
    where londiste.full_name(i_table_name) in (from_table, to_table)
    order by from_table, fkey_name
$$;

-- Whether neither end of a pending key is replicated any more, and both are still there: no queue's then, it is everybody's to bring back.
create or replace function londiste.is_left_behind(i_key londiste.subscriber_pending_fkeys)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select londiste.find_table_oid(i_key.from_table) is not null and londiste.find_table_oid(i_key.to_table) is not null
        and not exists (
            select from londiste.subscriber_table t
            where coalesce(t.dest_table, t.table_name) in (i_key.from_table, i_key.to_table))
$$;

-- Pending keys of the queue's tables whose both ends are in sync, or not replicated at all; those left behind by removed tables too.
create or replace function londiste.subscriber_get_queue_valid_pending_fkeys(i_queue_name text)
returns setof londiste.subscriber_pending_fkeys
language sql stable
set search_path = pg_catalog
as $$
    select f.*
    from londiste.subscriber_pending_fkeys f
    where (londiste.is_left_behind(f)
            or exists (
                select from londiste.subscriber_table t
                where t.queue_name = i_queue_name and coalesce(t.dest_table, t.table_name) in (f.from_table, f.to_table)))
        and not exists (
            select from londiste.subscriber_table t
            where coalesce(t.dest_table, t.table_name) in (f.from_table, f.to_table)
                and (t.merge_state is distinct from 'ok' or t.snapshot is not null))
    order by f.from_table, f.fkey_name
$$;

-- Saves and drops one foreign key, in one transaction (C27). 1 = done, 0 = there is none.
create or replace function londiste.subscriber_drop_table_fkey(i_from_table text, i_fkey_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_from text := londiste.full_name(i_from_table);
    v_key record;
begin
    select * into v_key
    from londiste.find_table_fkeys(v_from) f
    where f.from_table = v_from and f.fkey_name = i_fkey_name;
    if not found then
        return 0;
    end if;
    insert into londiste.subscriber_pending_fkeys as p (from_table, to_table, fkey_name, fkey_def, validated, fkey_comment)
    values (v_key.from_table, v_key.to_table, v_key.fkey_name, v_key.fkey_def, v_key.validated, v_key.fkey_comment)
    on conflict (from_table, fkey_name) do update
    set to_table = excluded.to_table, fkey_def = excluded.fkey_def, fkey_comment = excluded.fkey_comment,
        -- dropped again while it waited for its validation: it was valid once
        validated = excluded.validated or p.restored and p.validated, restored = false, last_error = null;
    execute format('alter table %s drop constraint %I', londiste.table_oid(v_from)::regclass, i_fkey_name);
    return 1;
end
$$;

-- Brings one foreign key back, NOT VALID, and leaves its entry until subscriber_validate_table_fkey. 1 = done, 0 = it stood already.
create or replace function londiste.subscriber_restore_table_fkey(i_from_table text, i_fkey_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_from text := londiste.full_name(i_from_table);
    v_relation regclass := londiste.table_oid(i_from_table);
    v_key londiste.subscriber_pending_fkeys;
    v_not_valid boolean;
begin
    select * into v_key
    from londiste.subscriber_pending_fkeys
    where from_table = v_from and fkey_name = i_fkey_name
    for update;
    if not found then
        raise exception 'no pending foreign key % on table %', i_fkey_name, v_from using errcode = 'LD005';
    end if;
    if v_key.restored then
        return 0;
    end if;
    -- A partitioned table takes none that is NOT VALID before PostgreSQL 18.
    v_not_valid := v_key.fkey_def not like '% NOT ENFORCED'
        and (current_setting('server_version_num')::int >= 180000
            or (select relkind from pg_class where oid = v_relation) <> 'p');
    execute v_key.fkey_def || case when v_not_valid then ' not valid' else '' end;
    if v_key.fkey_comment is not null then
        execute format('comment on constraint %I on %s is %L', i_fkey_name, v_relation, v_key.fkey_comment);
    end if;
    if v_not_valid and v_key.validated then
        update londiste.subscriber_pending_fkeys
        set restored = true, last_error = null
        where from_table = v_from and fkey_name = i_fkey_name;
    else
        delete from londiste.subscriber_pending_fkeys where from_table = v_from and fkey_name = i_fkey_name;
    end if;
    return 1;
end
$$;

-- Validates a restored foreign key and forgets its entry: one scan, under a lock that lets writers pass. A violation is raised as PostgreSQL
-- does; the caller keeps it in last_error. 1 = done, 0 = nothing to validate.
create or replace function londiste.subscriber_validate_table_fkey(i_from_table text, i_fkey_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_from text := londiste.full_name(i_from_table);
begin
    perform 1 from londiste.subscriber_pending_fkeys
    where from_table = v_from and fkey_name = i_fkey_name and restored
    for update;
    if not found then
        return 0;
    end if;
    execute format('alter table %s validate constraint %I', londiste.table_oid(v_from)::regclass, i_fkey_name);
    delete from londiste.subscriber_pending_fkeys where from_table = v_from and fkey_name = i_fkey_name;
    return 1;
end
$$;
