-- Triggers put aside while a table is replicated. They come back only on request, or when the table is removed.

create or replace function londiste.subscriber_get_table_pending_triggers(i_table_name text)
returns setof londiste.subscriber_pending_triggers
language sql stable
set search_path = pg_catalog
as $$
    select * from londiste.subscriber_pending_triggers
    where table_name = londiste.full_name(i_table_name)
    order by trigger_name
$$;

-- Saves and drops one trigger, in one transaction (C27). 1 = done, 0 = there is none, or it is not for us to touch.
create or replace function londiste.subscriber_drop_table_trigger(i_table_name text, i_trigger_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
begin
    insert into londiste.subscriber_pending_triggers (table_name, trigger_name, trigger_def, enabled, trigger_comment)
    select t.table_name, t.trigger_name, t.trigger_def, t.enabled, t.trigger_comment
    from londiste.find_table_triggers(v_name) t
    where t.trigger_name = i_trigger_name
    on conflict (table_name, trigger_name) do update
    set trigger_def = excluded.trigger_def, enabled = excluded.enabled, trigger_comment = excluded.trigger_comment;
    if not found then
        return 0;
    end if;
    execute format('drop trigger %I on %s', i_trigger_name, londiste.table_oid(v_name)::regclass);
    return 1;
end
$$;

create or replace function londiste.subscriber_drop_all_table_triggers(i_table_name text)
returns int
language sql
set search_path = pg_catalog
as $$
    select count(londiste.subscriber_drop_table_trigger(i_table_name, t.trigger_name))::int
    from londiste.find_table_triggers(londiste.full_name(i_table_name)) t
$$;

-- Brings one trigger back as it was, disabled where it was disabled.
create or replace function londiste.subscriber_restore_table_trigger(i_table_name text, i_trigger_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
    v_relation regclass := londiste.table_oid(i_table_name);
    v_trigger londiste.subscriber_pending_triggers;
begin
    delete from londiste.subscriber_pending_triggers
    where table_name = v_name and trigger_name = i_trigger_name
    returning * into v_trigger;
    if not found then
        raise exception 'no pending trigger % on table %', i_trigger_name, v_name using errcode = 'LD005';
    end if;
    execute v_trigger.trigger_def;
    if v_trigger.enabled <> 'O' then
        execute format(
            'alter table %s %s trigger %I', v_relation,
            case v_trigger.enabled when 'A' then 'enable always' when 'R' then 'enable replica' else 'disable' end, i_trigger_name);
    end if;
    if v_trigger.trigger_comment is not null then
        execute format('comment on trigger %I on %s is %L', i_trigger_name, v_relation, v_trigger.trigger_comment);
    end if;
    return 1;
end
$$;

create or replace function londiste.subscriber_restore_all_table_triggers(i_table_name text)
returns int
language sql
set search_path = pg_catalog
as $$
    select count(londiste.subscriber_restore_table_trigger(i_table_name, t.trigger_name))::int
    from londiste.subscriber_get_table_pending_triggers(i_table_name) t
$$;
