-- What keeps changes of registered tables from being captured, or captured as they should be: read by CHECK and STATUS (C04, C05).
create or replace function londiste.provider_problems(
    i_queue_name text, out table_name text, out problem text, out detail text)
returns setof record
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table;
begin
    for v_table in select * from londiste.provider_table t where t.queue_name = i_queue_name order by t.nr loop
        return query
            select v_table.table_name, p.problem, p.detail from londiste.table_problems(v_table) p;
    end loop;
end
$$;

create or replace function londiste.table_problems(i_table londiste.provider_table, out problem text, out detail text)
returns setof record
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_leaves regclass[];
begin
    if not exists (select from pg_class where oid = i_table.relation) then
        return query select 'table missing', format('%s was dropped: remove it', i_table.table_name);
        return;
    end if;
    if i_table.capture = 'mirror' then
        return query select 'mirror', p from londiste.mirror_problem(i_table.queue_name, i_table.table_name) p where p is not null;
        return query
            select 'columns changed', format('was (%s), is (%s)', array_to_string(i_table.columns, ', '), array_to_string(c, ', '))
            from londiste.table_columns(i_table.relation) c
            where c is distinct from i_table.columns;
        return query select p.problem, p.detail from londiste.key_problems(i_table) p;
        return;
    end if;
    v_leaves := coalesce(londiste.leaf_partitions(i_table.relation), '{}');
    -- INSERT, DELETE, UPDATE and TRUNCATE are 4, 8, 16 and 32 in tgtype, BEFORE is 2.
    return query
        select 'trigger missing', format('%s does not capture %s', r.relation, o.op)
        from (select i_table.relation union all select unnest(v_leaves)) as r (relation)
            cross join (values (4, 'INSERT'), (8, 'DELETE'), (16, 'UPDATE'), (32, 'TRUNCATE')) as o (bit, op)
        where (r.relation = i_table.relation or r.relation = any (coalesce(i_table.partitions, '{}')))
            and not exists (
                select from londiste.capture_triggers(i_table.nr) c join pg_trigger t on t.oid = c
                where t.tgrelid = r.relation and t.tgtype & o.bit <> 0);
    return query
        select 'trigger disabled', format('trigger "%s" of %s', t.tgname, t.tgrelid::regclass)
        from londiste.capture_triggers(i_table.nr) c join pg_trigger t on t.oid = c
        where t.tgenabled <> 'A';
    return query
        select 'partition not captured', format('%s came without its rows being sent, or needs provider_refresh_trigger', l)
        from unnest(v_leaves) l
        where l <> all (coalesce(i_table.partitions, '{}'));
    return query
        select 'partition gone', format('%s went without its rows being removed, or provider_refresh_trigger is due', l)
        from unnest(i_table.partitions) l
        where l <> all (v_leaves);
    return query
        select 'columns changed', format('was (%s), is (%s)', array_to_string(i_table.columns, ', '), array_to_string(c, ', '))
        from londiste.table_columns(i_table.relation) c
        where c is distinct from i_table.columns;
    return query
        select 'name changed', format('its events say %s, its name is %s', i_table.table_name, londiste.relation_name(i_table.relation))
        where londiste.relation_name(i_table.relation) <> i_table.table_name;
    return query select p.problem, p.detail from londiste.key_problems(i_table) p;
end
$$;

-- Refusals of `provider add` that became true later.
create or replace function londiste.key_problems(i_table londiste.provider_table, out problem text, out detail text)
returns setof record
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_key text[];
begin
    begin
        v_key := londiste.key_columns(i_table.relation, case when i_table.named_key then i_table.key_columns end);
        if v_key is distinct from i_table.key_columns then
            return query select 'key changed', format('was (%s), is (%s)', array_to_string(i_table.key_columns, ', '), array_to_string(v_key, ', '));
        end if;
    exception when sqlstate 'LD002' or sqlstate 'LD009' then
        return query select 'key missing', sqlerrm;
    end;
    if i_table.capture = 'mirror' then
        return;
    end if;
    begin
        perform londiste.check_trigger_order(i_table.relation);
        if i_table.capture = 'statement' then
            perform londiste.check_statement_capture(i_table.relation);
        end if;
    exception when sqlstate 'LD009' then
        return query select 'order of capture', sqlerrm;
    end;
end
$$;
