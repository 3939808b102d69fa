-- The capture triggers of a registered table. Their names sort before those of user triggers, since a user's AFTER trigger that changes the
-- same row again must not overtake the first change.

-- The triggers of a registration, clones on partitions included.
create or replace function londiste.capture_triggers(i_nr int)
returns setof oid
language sql stable
set search_path = pg_catalog
as $$
    select t.oid
    from pg_trigger t
    where t.tgfoid in (
        select to_regprocedure(format('londiste.capture_%s_%s()', i_nr, op)) from unnest('{insert,update,delete,truncate}'::text[]) op)
$$;

create or replace function londiste.drop_capture(i_table londiste.provider_table)
returns void
language plpgsql
set search_path = pg_catalog
set client_min_messages = warning
as $$
declare
    v_trigger record;
begin
    for v_trigger in
        select t.tgname, t.tgrelid::regclass as relation
        from londiste.capture_triggers(i_table.nr) c join pg_trigger t on t.oid = c
        where t.tgparentid = 0
        order by t.tgrelid, t.tgname
    loop
        execute format('drop trigger %I on %s', v_trigger.tgname, v_trigger.relation);
    end loop;
    execute format(
        'drop function if exists londiste.capture_%s_insert(), londiste.capture_%1$s_update(), londiste.capture_%1$s_delete(), '
        || 'londiste.capture_%1$s_truncate()',
        i_table.nr);
end
$$;

-- Makes or renews the functions and the triggers of a registered table, in the caller's transaction, which holds a lock on it.
create or replace function londiste.create_capture(i_table londiste.provider_table)
returns void
language plpgsql
set search_path = pg_catalog
set client_min_messages = warning
as $$
declare
    v_queue_id int := (select q.queue_id from pgq.queue q where q.queue_name = i_table.queue_name);
    v_op text;
begin
    perform londiste.drop_capture(i_table);
    foreach v_op in array '{insert,update,delete}'::text[] loop
        if i_table.capture = 'statement' then
            -- The settings of a value's text cost little once a statement. The plan of a session's first update, perhaps of one row, is kept for
            -- its updates of any size: it must not be a nested loop over the transition tables.
            perform londiste.create_capture_function(
                i_table, v_op, londiste.capture_statement_body(v_queue_id, i_table, v_op),
                'set search_path = pg_catalog, pg_temp set "DateStyle" = ''ISO, MDY'' set "IntervalStyle" = ''postgres'' set "TimeZone" = ''UTC'' '
                || 'set extra_float_digits = 1 set bytea_output = ''hex'' set enable_nestloop = off');
        else
            perform londiste.create_capture_function(i_table, v_op, londiste.capture_row_body(v_queue_id, i_table, v_op), '');
        end if;
        perform londiste.create_capture_trigger(i_table, v_op);
    end loop;
    perform londiste.create_capture_function(i_table, 'truncate', londiste.capture_truncate_body(v_queue_id, i_table), '');
    perform londiste.create_truncate_triggers(i_table);
    perform londiste.enable_capture(i_table.nr);
end
$$;

create or replace function londiste.create_capture_trigger(i_table londiste.provider_table, i_op text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    execute format(
        'create trigger %I after %s on %s %s execute function londiste.capture_%s_%2$s()',
        i_table.trigger_name || '_' || i_op, i_op, i_table.relation,
        case
            when i_table.capture = 'row' then 'for each row'
            when i_op = 'insert' then 'referencing new table as londiste_new_rows'
            when i_op = 'delete' then 'referencing old table as londiste_old_rows'
            else 'referencing new table as londiste_new_rows old table as londiste_old_rows'
        end,
        i_table.nr);
end
$$;

create or replace function londiste.create_truncate_triggers(i_table londiste.provider_table)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := i_table.trigger_name;
    v_relation regclass;
begin
    execute format('create trigger %I after truncate on %s execute function londiste.capture_%s_truncate()',
        v_name || '_truncate', i_table.relation, i_table.nr);
    if i_table.partitions is not null then
        foreach v_relation in array i_table.relation || i_table.partitions loop
            execute format('create trigger %I before truncate on %s execute function londiste.capture_%s_truncate()',
                v_name || '_truncating', v_relation, i_table.nr);
        end loop;
    end if;
end
$$;

-- C07: nobody may use the function for a table of his own. The table's owner may, since whoever adds a partition attaches it there; it
-- refuses to work for any other table.
create or replace function londiste.create_capture_function(i_table londiste.provider_table, i_op text, i_body text, i_settings text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_function text := format('londiste.capture_%s_%s()', i_table.nr, i_op);
begin
    execute format('create or replace function %s returns trigger language plpgsql security definer %s as %L', v_function, i_settings, i_body);
    execute format('revoke all on function %s from public', v_function);
    execute format(
        'grant execute on function %s to %s', v_function, (select relowner::regrole from pg_class where oid = i_table.relation));
end
$$;

-- C04: writers with session_replication_role = replica fire ALWAYS triggers only.
create or replace function londiste.enable_capture(i_nr int)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_trigger record;
begin
    for v_trigger in
        select t.tgrelid::regclass as relation, t.tgname
        from londiste.capture_triggers(i_nr) c join pg_trigger t on t.oid = c
        where t.tgenabled <> 'A'
    loop
        execute format('alter table %s enable always trigger %I', v_trigger.relation, v_trigger.tgname);
    end loop;
end
$$;
