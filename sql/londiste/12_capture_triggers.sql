-- The capture triggers of a registered table. Their names sort before those of user triggers, since a user's AFTER trigger that changes the
-- same row again must not overtake the first change.

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
        from pg_trigger t
        where t.tgfoid = to_regprocedure(format('londiste.capture_%s()', i_table.nr)) and t.tgparentid = 0
        order by t.tgrelid, t.tgname
    loop
        execute format('drop trigger %I on %s', v_trigger.tgname, v_trigger.relation);
    end loop;
    execute format('drop function if exists londiste.capture_%s()', i_table.nr);
end
$$;

-- Makes or renews the function and the triggers of a registered table, in the caller's transaction.
create or replace function londiste.create_capture(i_table londiste.provider_table)
returns void
language plpgsql
set search_path = pg_catalog
set client_min_messages = warning
as $$
declare
    v_function text := format('londiste.capture_%s()', i_table.nr);
    v_name text := i_table.trigger_name;
    v_relation text := i_table.relation::text;
    v_queue_id int;
    v_clone record;
begin
    select q.queue_id into v_queue_id from pgq.queue q where q.queue_name = i_table.queue_name;
    execute format(
        'create or replace function %s returns trigger language plpgsql security definer as %L', v_function,
        londiste.capture_row_body(v_queue_id, i_table.table_name, i_table.relation, i_table.key_columns, i_table.backup));
    execute format('revoke all on function %s from public', v_function);
    execute format('drop trigger if exists %I on %s', v_name, v_relation);
    execute format('create trigger %I after insert or update or delete on %s for each row execute function %s', v_name, v_relation, v_function);
    execute format('drop trigger if exists %I on %s', v_name || '_truncate', v_relation);
    execute format('create trigger %I after truncate on %s execute function %s', v_name || '_truncate', v_relation, v_function);
    for v_clone in
        select t.tgrelid::regclass as relation, t.tgname
        from pg_trigger t
        where t.tgfoid = v_function::regprocedure and t.tgenabled <> 'A'
    loop
        execute format('alter table %s enable always trigger %I', v_clone.relation, v_clone.tgname);
    end loop;
end
$$;
