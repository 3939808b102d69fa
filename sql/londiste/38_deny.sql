-- Guard against writes on a subscriber by mistake. It is no protection against a writer who means it: any session may lift it for itself.
-- Replay passes since it runs in session_replication_role = replica, or else lifts it.

create or replace function londiste.deny_trigger()
returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
    if coalesce(current_setting('londiste.allow_writes', true), '') <> 'on' then
        raise exception '% on table %.% denied: it is replicated from elsewhere', tg_op, tg_table_schema, tg_table_name
            using errcode = 'LD009', hint = 'Change the row on the provider.';
    end if;
    if tg_when = 'BEFORE' and tg_level = 'ROW' then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    return null;
end
$$;

-- Allows writes in this session, or denies them again. Returns what it was told.
create or replace function londiste.disable_deny_trigger(i_allow boolean)
returns boolean
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform set_config('londiste.allow_writes', case when i_allow then 'on' else 'off' end, false);
    return i_allow;
end
$$;

-- Puts the guard on a table, or takes it away. 1 = done, 0 = it was so. Statement triggers fire for the table that a statement names only, so
-- every partition has one of its own; one that was attached meanwhile gets it when writes are denied again.
create or replace function londiste.deny_writes(i_table_name text, i_deny boolean)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_root oid := londiste.table_oid(i_table_name);
    v_relation regclass;
    v_changed int := 0;
begin
    for v_relation in
        select c.oid
        from pg_class c
        where c.oid = v_root or c.relkind in ('r', 'p') and c.oid in (select relid from pg_partition_tree(v_root))
        order by c.oid <> v_root, c.oid
    loop
        v_changed := greatest(v_changed, londiste.deny_writes_of(v_relation, i_deny));
    end loop;
    return v_changed;
end
$$;

create or replace function londiste.deny_writes_of(i_relation regclass, i_deny boolean)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_denied boolean := exists (
        select from pg_trigger where tgrelid = i_relation and tgname = '!londiste_deny' and tgfoid = 'londiste.deny_trigger()'::regprocedure);
begin
    if v_denied = i_deny then
        return 0;
    elsif i_deny then
        execute format(
            'create trigger "!londiste_deny" before insert or update or delete or truncate on %s execute function londiste.deny_trigger()', i_relation);
    else
        execute format('drop trigger "!londiste_deny" on %s', i_relation);
    end if;
    return 1;
end
$$;
