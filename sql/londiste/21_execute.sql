-- EXECUTE: scripts (DDL) that travel through the queue in order with the data (C36).

-- Owner-only. A subscriber runs the text of an event only if this table holds the same number, queue and hash.
create table if not exists londiste.executed_script (
    script_id       bigserial not null,
    queue_name      text not null,
    script_name     text not null,
    script          text not null,
    script_hash     text not null,
    event_id        bigint not null,
    executed_at     timestamptz not null default now(),
    primary key (queue_name, script_id),        -- scripts of several queues meet in a mirror, each with the number of its origin
    unique (queue_name, script_name)
);

create or replace function londiste.script_hash(i_script text)
returns text
language sql immutable
set search_path = pg_catalog
as $$ select encode(sha256(convert_to(i_script, 'UTF8')), 'hex') $$;

-- Runs a script under settings that decide what its text, and the values that it converts, mean: each side has others of its own, and one
-- script would make other rows of the same rows. A script that wants others sets them itself.
create or replace function londiste.run_alike(i_script text)
returns void
language plpgsql
set "TimeZone" = 'UTC'
set "DateStyle" = 'ISO, MDY'
set "IntervalStyle" = 'postgres'
set timezone_abbreviations = 'Default'
set bytea_output = 'hex'
set extra_float_digits = 1
set xmlbinary = 'base64'
set xmloption = 'content'
set array_nulls = on
set transform_null_equals = off
set standard_conforming_strings = on
set backslash_quote = 'safe_encoding'
set default_text_search_config = 'pg_catalog.simple'
set lc_numeric = 'C'
set lc_time = 'C'
set row_security = off
as $$
begin
    execute i_script;
end
$$;

-- Runs a script with the caller's rights and search_path. What it sets for its session ends with it: the role, which must not do the rest of our
-- work, and settings, as those that pg_dump writes first. The session has then what it began with, and the transaction what it had.
create or replace function londiste.run_script(i_script text)
returns void
language plpgsql
as $$
declare
    v_role text := current_setting('role');
    v_before jsonb := (
        select jsonb_object_agg(s.name, s.setting) from pg_catalog.pg_settings s where s.context in ('user', 'superuser') and s.name !~ '^transaction_(isolation|read_only|deferrable)$');
    v_changed record;
begin
    perform londiste.run_alike(i_script);
    perform pg_catalog.set_config('role', v_role, false);
    for v_changed in
        select s.name, s.reset_val, b.value as setting
        from pg_catalog.pg_settings s join pg_catalog.jsonb_each_text(v_before) b on b.key = s.name
        where b.value is distinct from s.setting
    loop
        perform pg_catalog.set_config(v_changed.name, v_changed.reset_val, false);
        perform pg_catalog.set_config(v_changed.name, v_changed.setting, true);
    end loop;
end
$$;

-- Runs a script on the provider and sends it after its changes, in this transaction, which must have captured nothing. Capture triggers of
-- tables that the script changed are renewed. Event: type EXECUTE, data the script, extra1 its name, extra2 {"id", "hash"} of its record,
-- extra3 the comma-separated tables it touched (touched_tables). Returns the event's id; null when a script of this name was sent before.
-- The script runs with the caller's rights and search_path, and the settings of run_alike; what cannot run in a transaction fails as PostgreSQL says.
create or replace function londiste.provider_execute(i_queue_name text, i_script_name text, i_script text)
returns bigint
language plpgsql
as $$
declare
    v_queue_id int;
    v_event_id bigint;
    v_touched text;
begin
    perform londiste.refuse_mirror(i_queue_name);
    if exists (select from londiste.executed_script where queue_name = i_queue_name and script_name = i_script_name) then
        return null;
    end if;
    perform londiste.run_script(i_script);
    -- Only now: ticks wait for whoever holds the queue.
    v_queue_id := londiste.lock_queue(i_queue_name);
    perform londiste.refuse_captured_events(i_script_name);
    v_touched := londiste.touched_tables(i_queue_name, londiste.refresh_changed_tables(i_queue_name));
    v_event_id := nextval(format('pgq.event_%s_id_seq', v_queue_id)::regclass);
    insert into londiste.executed_script (queue_name, script_name, script, script_hash, event_id)
    values (i_queue_name, i_script_name, i_script, londiste.script_hash(i_script), v_event_id);
    perform pgq.insert_event_raw(
        i_queue_name, v_event_id, now(), null, null, 'EXECUTE', i_script, i_script_name,
        (select json_build_object('id', s.script_id, 'hash', s.script_hash)::text from londiste.executed_script s where s.event_id = v_event_id
            and s.queue_name = i_queue_name),
        v_touched, null);
    return v_event_id;
end
$$;

-- Of every queue: what is captured in another one would arrive by that one, too.
drop function if exists londiste.refuse_captured_events(int, text);
create or replace function londiste.refuse_captured_events(i_script_name text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_queue pgq.queue;
    v_event record;
begin
    for v_queue in
        select * from pgq.queue q where q.queue_name in (select p.queue_name from londiste.provider_table p) order by q.queue_id
    loop
        execute format('select ev_type, ev_extra1 from %s where ev_txid = txid_current() order by ev_id limit 1',
            pgq.quote_fqname(v_queue.queue_data_pfx)) into v_event;
        if v_event.ev_type is not null then
            raise exception 'script % changed rows of table %, which queue % captures: send its DDL alone',
                    i_script_name, v_event.ev_extra1, v_queue.queue_name
                using errcode = 'LD009', hint = 'Run it in a transaction of its own, and change rows in another one: they are replicated.';
        end if;
    end loop;
end
$$;

-- Renews the capture of tables whose columns, key or partitions are no longer those of their registration; returns their names.
create or replace function londiste.refresh_changed_tables(i_queue_name text)
returns text
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table;
    v_touched text[] := '{}';
begin
    for v_table in select * from londiste.provider_table where queue_name = i_queue_name order by nr loop
        if exists (select from pg_class where oid = v_table.relation)
            and exists (select from londiste.table_problems(v_table) p
                where p.problem in ('columns changed', 'key changed', 'key missing', 'trigger missing', 'partition not captured', 'partition gone'))
        then
            perform londiste.provider_refresh_trigger(i_queue_name, v_table.table_name);
            v_touched := v_touched || v_table.table_name;
        end if;
    end loop;
    return nullif(array_to_string(v_touched, ','), '');
end
$$;

-- The tables of the queue that a script has just changed: those whose capture was renewed, and those on which, or on partitions of which, it
-- holds a lock that a copy does not go beside. It takes the same locks on the subscriber.
create or replace function londiste.touched_tables(i_queue_name text, i_refreshed text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select string_agg(t.table_name, ',' order by t.nr)
    from londiste.provider_table t
    where t.queue_name = i_queue_name
        and (t.table_name = any (string_to_array(i_refreshed, ','))
            or exists (
                select from pg_locks l
                where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted
                    and l.database = (select oid from pg_database where datname = current_database())
                    and l.mode in ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                    and l.relation in (select t.relation::oid union all select p.relid::oid from pg_partition_tree(t.relation) p)))
$$;

-- Asked by a subscriber before it runs the text of an event: is it what was executed here?
create or replace function londiste.is_executed_script(i_queue_name text, i_script_id bigint, i_hash text)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select exists (
        select from londiste.executed_script s where s.queue_name = i_queue_name and s.script_id = i_script_id and s.script_hash = i_hash)
$$;
