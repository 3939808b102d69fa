-- Tables registered on the subscriber, and their states. Nothing here touches the tables' rows.

-- Two tables in one would lose each other's rows: a copy or a TRUNCATE of one empties it, and their keys may meet.
create or replace function londiste.refuse_shared_target(i_queue_name text, i_table_name text, i_dest_table text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_other londiste.subscriber_table;
begin
    -- Somebody else may be adding the other one.
    perform pg_advisory_xact_lock(hashtextextended('londiste.target ' || i_dest_table, 0));
    select * into v_other
    from londiste.subscriber_table t
    where coalesce(t.dest_table, t.table_name) = i_dest_table and (t.queue_name, t.table_name) <> (i_queue_name, i_table_name)
    limit 1;
    if found then
        raise exception 'table % of queue % cannot go into % of the subscriber, which gets table % of queue %',
                i_table_name, i_queue_name, i_dest_table, v_other.table_name, v_other.queue_name
            using errcode = 'LD009', hint = 'Give each a destTable of its own, as partitions of one table, or remove the other (SUBSCRIBER_REMOVE).';
    end if;
end
$$;

-- Registers a table in state NEW and puts its triggers aside, as Londiste 2 did (subscriber_restore_all_table_triggers brings them back).
-- i_dest_table: its name on this side, when it differs. i_added_snapshot: a provider snapshot taken at the registration (C20).
create or replace function londiste.subscriber_add_table(
    i_queue_name text, i_table_name text, i_dest_table text default null, i_added_snapshot text default null)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
    v_dest text := londiste.full_name(coalesce(i_dest_table, i_table_name));
begin
    perform londiste.table_oid(v_dest);
    perform londiste.refuse_shared_target(i_queue_name, v_name, v_dest);
    insert into londiste.subscriber_table (queue_name, table_name, dest_table, added_snapshot, copy_attempt)
    values (i_queue_name, v_name, nullif(v_dest, v_name), i_added_snapshot, nextval('londiste.copy_attempt'))
    on conflict (queue_name, table_name) do nothing;
    if not found then
        return 0;
    end if;
    perform londiste.subscriber_drop_all_table_triggers(v_dest);
    return 1;
end
$$;

-- Forgets the table and brings its triggers back; the table itself stays as it is. Pending foreign keys stay listed until they are restored.
create or replace function londiste.subscriber_remove_table(i_queue_name text, i_table_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
    v_dest text;
begin
    delete from londiste.subscriber_table
    where queue_name = i_queue_name and table_name = v_name
    returning coalesce(dest_table, table_name) into v_dest;
    if not found then
        raise exception 'table % is not registered on the subscriber of queue %', v_name, i_queue_name using errcode = 'LD005';
    end if;
    delete from londiste.failed_event where queue_name = i_queue_name and table_name = v_name;
    if londiste.find_table_oid(v_dest) is null then
        delete from londiste.subscriber_pending_triggers where table_name = v_dest;
    else
        perform londiste.subscriber_restore_all_table_triggers(v_dest);
    end if;
    return 1;
end
$$;

create or replace function londiste.subscriber_get_table_list(
    i_queue_name text,
    out table_name text, out merge_state text, out snapshot text, out trigger_name text, out skip_truncate boolean,
    out copy_attempt int4, out parked_reason text, out dest_table text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select t.table_name, t.merge_state, t.snapshot, t.trigger_name, t.skip_truncate, t.copy_attempt, t.parked_reason, t.dest_table
    from londiste.subscriber_table t
    where t.queue_name = i_queue_name
    order by t.nr
$$;

-- Sets state and snapshot whatever they were (Londiste 2); the engine itself moves states by compare-and-set.
create or replace function londiste.subscriber_set_table_state(
    i_queue_name text, i_table_name text, i_snapshot text, i_merge_state text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
begin
    if i_merge_state is not null and i_merge_state !~ '^(in-copy|catching-up|ok|(wanna|do)-sync:[0-9]+)$' then
        raise exception 'not a table state: %', i_merge_state using errcode = 'LD009';
    end if;
    update londiste.subscriber_table
    set snapshot = i_snapshot, merge_state = i_merge_state,
        -- As Londiste 2 did: it was said of the copy that is done now.
        skip_truncate = case when i_merge_state = 'ok' then null else skip_truncate end,
        parked_reason = case when i_merge_state is null then null else parked_reason end
    where queue_name = i_queue_name and table_name = v_name;
    if not found then
        raise exception 'table % is not registered on the subscriber of queue %', v_name, i_queue_name using errcode = 'LD005';
    end if;
    return 1;
end
$$;

create or replace function londiste.set_table_state(i_queue_name text, i_table_name text, i_snapshot text, i_merge_state text)
returns int
language sql
set search_path = pg_catalog
as $$ select londiste.subscriber_set_table_state(i_queue_name, i_table_name, i_snapshot, i_merge_state) $$;

create or replace function londiste.subscriber_set_skip_truncate(i_queue_name text, i_table_name text, i_value boolean)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
begin
    update londiste.subscriber_table
    set skip_truncate = i_value
    where queue_name = i_queue_name and table_name = v_name;
    if not found then
        raise exception 'table % is not registered on the subscriber of queue %', v_name, i_queue_name using errcode = 'LD005';
    end if;
    return 1;
end
$$;
