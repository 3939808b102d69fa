-- The state of a table, as the manual page names it: null (NEW), in-copy, catching-up, wanna-sync:<tick>,
-- do-sync:<tick>, ok. Every change is compare-and-set on the state and the number of the copy attempt, so that a process
-- that has been replaced, and does not know it yet, changes nothing (C17): a table has no number twice, not even after it was
-- removed and added again. A parked table does not move at all (C35).

select londiste.complete_table('londiste.subscriber_table',
    'copy_began_at timestamptz',                                -- of the latest attempt
    'copied_at timestamptz',                                    -- when the last row was there
    'estimated_rows bigint',                                    -- by the provider's planner, before the copy
    'copied_rows bigint',
    'copied_bytes bigint',
    'after_tick_id bigint',                                     -- C19: a tick from after the snapshots that its copy read by
    'after_tick_time timestamptz',
    'after_tick_snapshot text');

-- ----------------------------------------------------------------------
-- Function: londiste.table_states(queue)
--
--      What replay and copies must know of each table of the queue, in the order of registration.
-- ----------------------------------------------------------------------
drop function if exists londiste.table_states(text);

create or replace function londiste.table_states(
    i_queue text,
    out nr integer, out table_name text, out dest_table text, out merge_state text, out snapshot text,
    out copy_attempt integer, out skip_truncate boolean, out parked_reason text, out from_partitions boolean, out has_failed boolean,
    out expect_sync boolean, out source_columns text[],
    out row_filter text, out column_list text[], out expression_columns text[], out expressions text[],
    out on_conflict text, out on_failure text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select s.nr, s.table_name, coalesce(s.dest_table, s.table_name), s.merge_state, s.snapshot, s.copy_attempt,
           coalesce(s.skip_truncate, false), s.parked_reason, s.from_partitions,
           exists (select from londiste.failed_event f where f.queue_name = s.queue_name and f.table_name = s.table_name),
           s.expect_sync, s.source_columns,
           s.row_filter, s.column_list, e.columns, e.expressions, s.on_conflict, s.on_failure
      from londiste.subscriber_table s
      left join lateral (
               select array_agg(x.key order by x.key), array_agg(x.value order by x.key)
                 from jsonb_each_text(s.column_expressions) x) as e (columns, expressions) on true
     where s.queue_name = i_queue
     order by s.nr;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.change_table_state(queue, table, attempt, from, to, snapshot)
--
--      Moves a table from one state to another; i_snapshot becomes its snapshot. With ok it is forgotten that rows were to
--      stay: it was said of this copy, and the next one would find the rows of this one.
-- Raises LD008: it is not, or no longer, in that state of that attempt.
-- ----------------------------------------------------------------------
create or replace function londiste.change_table_state(
    i_queue text, i_table text, i_attempt integer, i_from text, i_to text, i_snapshot text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    update londiste.subscriber_table
       set merge_state = i_to, snapshot = i_snapshot, skip_truncate = case when i_to = 'ok' then null else skip_truncate end
     where queue_name = i_queue and table_name = i_table
       and merge_state is not distinct from i_from and copy_attempt = i_attempt and parked_reason is null;
    if not found then
        raise exception 'Table % of queue % is not in state % of copy attempt % any more', i_table, i_queue,
            coalesce(i_from, 'NEW'), i_attempt using errcode = 'LD008';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.begin_copy(consumer, queue, table, attempt)
--
--      NEW, or in-copy of an attempt whose process died, becomes in-copy of a new attempt. The foreign keys from and to
--      the table are dropped, and saved for later, in the same transaction. From NEW nothing of an older copy counts.
-- Returns: the number of the new attempt.
-- Raises LD007: the job has no position yet. LD008: the table is in another state or another attempt. LD009: another table
-- goes into the same one.
-- ----------------------------------------------------------------------
create or replace function londiste.begin_copy(i_consumer text, i_queue text, i_table text, i_attempt integer)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    dest text;
    attempt integer;
begin
    -- Exclusively: two copies that begin at once may drop the same foreign key.
    perform 1 from londiste.completed where consumer_id = i_consumer for update;
    perform londiste.hold_position(i_consumer);
    delete from londiste.subscriber_copy c
     using londiste.subscriber_table s
     where s.queue_name = i_queue and s.table_name = i_table and s.merge_state is null
       and c.queue_name = s.queue_name and c.table_name = s.table_name;
    update londiste.subscriber_table
       set merge_state = 'in-copy', copy_attempt = nextval('londiste.copy_attempt'), snapshot = null, source_columns = null, expect_sync = false,
           copy_began_at = clock_timestamp(), copied_at = null, copied_rows = null, copied_bytes = null
     where queue_name = i_queue and table_name = i_table
       and (merge_state is null or merge_state = 'in-copy') and copy_attempt = i_attempt and parked_reason is null
    returning coalesce(dest_table, table_name), copy_attempt into dest, attempt;
    if not found then
        raise exception 'Table % of queue % is not waiting for a copy after attempt %', i_table, i_queue, i_attempt
            using errcode = 'LD008';
    end if;
    perform londiste.refuse_shared_target(i_queue, i_table, dest);
    delete from londiste.failed_event where queue_name = i_queue and table_name = i_table;
    perform londiste.put_fkeys_aside(i_queue, i_table);
    return attempt;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.copy_anew(consumer, queue, table, attempt)
--
--      Being copied becomes NEW, and whoever copies the table has lost his attempt; unless that is another one by now.
-- Returns: whether it became NEW.
-- ----------------------------------------------------------------------
create or replace function londiste.copy_anew(i_consumer text, i_queue text, i_table text, i_attempt integer)
returns boolean
language plpgsql
set search_path = pg_catalog
as $$
declare
    table_nr integer;
begin
    perform 1 from londiste.completed where consumer_id = i_consumer for share;
    update londiste.subscriber_table
       set merge_state = null, snapshot = null, copy_attempt = nextval('londiste.copy_attempt')
     where queue_name = i_queue and table_name = i_table and copy_attempt = i_attempt and merge_state <> 'ok'
       and parked_reason is null
    returning nr into table_nr;
    delete from londiste.completed where consumer_id = i_consumer || '_copy_' || table_nr;
    return table_nr is not null;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.hold_position(consumer)
--
--      Keeps the replay of the job from committing a batch until the end of the transaction, and answers the tick that
--      it stands at.
-- ----------------------------------------------------------------------
create or replace function londiste.hold_position(i_consumer text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
declare
    tick bigint;
begin
    select last_tick_id into tick from londiste.completed where consumer_id = i_consumer for share;
    if not found then
        raise exception 'Job % has no position', i_consumer using errcode = 'LD007',
            hint = 'It gets one from the first batch that it replays.';
    end if;
    return tick;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.hold_table(consumer, queue, table, attempt)
--
--      Holds the position of the replay, then the table's state, until the end of the transaction.
-- Raises LD008: the table was removed or parked, or is in another copy attempt.
-- ----------------------------------------------------------------------
create or replace function londiste.hold_table(
    i_consumer text, i_queue text, i_table text, i_attempt integer,
    out replay_tick_id bigint, out merge_state text)
language plpgsql
set search_path = pg_catalog
as $$
begin
    replay_tick_id := londiste.hold_position(i_consumer);
    select s.merge_state into merge_state
      from londiste.subscriber_table s
     where s.queue_name = i_queue and s.table_name = i_table and s.copy_attempt = i_attempt
       and s.parked_reason is null
       for update;
    if not found then
        raise exception 'Table % of queue % is not in copy attempt % any more', i_table, i_queue, i_attempt
            using errcode = 'LD008';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.end_load(consumer, copy consumer, queue, table, attempt, snapshot, tick, rows, bytes)
--
--      Last statement of the transaction that loaded a table whole: in-copy becomes catching-up. The copy's own position
--      is the tick where its consumer was registered, which was before the snapshot.
-- ----------------------------------------------------------------------
drop function if exists londiste.end_load(text, text, text, text, integer, text, bigint, timestamptz, text);
create or replace function londiste.end_load(
    i_consumer text, i_copy_consumer text, i_queue text, i_table text, i_attempt integer, i_snapshot text,
    i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text, i_rows bigint, i_bytes bigint)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.hold_position(i_consumer);
    perform londiste.change_table_state(i_queue, i_table, i_attempt, 'in-copy', 'catching-up', i_snapshot);
    perform londiste.note_copied(i_queue, i_table, i_attempt, i_rows, i_bytes);
    perform londiste.set_copy_position(i_copy_consumer, i_queue, i_tick_id, i_tick_time, i_tick_snapshot);
end;
$$;

-- Where the copy begins to catch up.
create or replace function londiste.set_copy_position(
    i_copy_consumer text, i_queue text, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns void
language sql
set search_path = pg_catalog
as $$
    delete from londiste.completed where consumer_id = i_copy_consumer;
    insert into londiste.completed (consumer_id, queue_name, last_tick_id, last_tick_time, last_tick_snapshot)
        values (i_copy_consumer, i_queue, i_tick_id, i_tick_time, i_tick_snapshot);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.hand_over(copy consumer, queue, table, attempt, state, tick snapshot)
--
--      do-sync becomes ok: from here the replay owns the table. Its snapshot becomes the one of the tick that the copy
--      stands at, which is at or after the replay's position: the replay skips what the table already has.
-- ----------------------------------------------------------------------
create or replace function londiste.hand_over(
    i_copy_consumer text, i_queue text, i_table text, i_attempt integer, i_state text, i_tick_snapshot text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.change_table_state(i_queue, i_table, i_attempt, i_state, 'ok', i_tick_snapshot);
    delete from londiste.completed where consumer_id = i_copy_consumer;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.note_tick_after(queue, table, attempt, tick)
--
--      A tick from after the snapshot that a copy reads by, made while the transaction with that snapshot was open: a
--      provider that has this very tick has all that the snapshot sees (C19). Null where ticks come from elsewhere.
-- ----------------------------------------------------------------------
create or replace function londiste.note_tick_after(
    i_queue text, i_table text, i_attempt integer, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns void
language sql
set search_path = pg_catalog
as $$
    update londiste.subscriber_table
       set after_tick_id = i_tick_id, after_tick_time = i_tick_time, after_tick_snapshot = i_tick_snapshot
     where queue_name = i_queue and table_name = i_table and copy_attempt = i_attempt;
$$;

-- No row when it is not known.
create or replace function londiste.get_tick_after(
    i_queue text, i_table text, out tick_id bigint, out tick_time timestamptz, out tick_snapshot text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select s.after_tick_id, s.after_tick_time, s.after_tick_snapshot
      from londiste.subscriber_table s
     where s.queue_name = i_queue and s.table_name = i_table and s.after_tick_id is not null;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.forget_snapshot(queue, table, snapshot)
--
--      The replay has passed the snapshot: no event of the table can be older.
-- ----------------------------------------------------------------------
create or replace function londiste.forget_snapshot(i_queue text, i_table text, i_snapshot text)
returns void
language sql
set search_path = pg_catalog
as $$
    update londiste.subscriber_table
       set snapshot = null
     where queue_name = i_queue and table_name = i_table and merge_state = 'ok' and snapshot = i_snapshot;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.park_table(queue, table, reason)
--
--      The table keeps its state and its events are skipped; only resync or remove leaves this (C35). Its foreign keys are
--      put aside: other tables may refer to rows that it does not get. Where somebody has a lock on them they stand until
--      the next look for them (fkeys_of_parked), and the table is parked nevertheless.
-- ----------------------------------------------------------------------
create or replace function londiste.park_table(i_queue text, i_table text, i_reason text)
returns void
language plpgsql
set search_path = pg_catalog
set lock_timeout = '1s'
as $$
begin
    update londiste.subscriber_table
       set parked_reason = i_reason
     where queue_name = i_queue and table_name = i_table and parked_reason is null;
    if not found then
        return;
    end if;
    begin
        perform londiste.put_fkeys_aside(i_queue, i_table);
    exception when lock_not_available or deadlock_detected or object_in_use or undefined_object then
        raise warning 'The foreign keys of parked table % stand still: %', i_table, sqlerrm;
    end;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.resync_table(consumer, queue, table)
--
--      ok, or parked in whatever state, becomes NEW: the table is copied again, and emptied for it if it had its copy.
--      Waits for a batch that is being applied.
-- Returns: 1, or 0 when it is NEW or being copied already.
-- Raises LD005: not registered.
-- ----------------------------------------------------------------------
create or replace function londiste.resync_table(i_consumer text, i_queue text, i_table text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform 1 from londiste.completed where consumer_id = i_consumer for share;
    update londiste.subscriber_table
       set merge_state = null, snapshot = null, parked_reason = null,
           -- Older versions of hand_over left it there.
           skip_truncate = case when merge_state = 'ok' then null else skip_truncate end
     where queue_name = i_queue and table_name = i_table and (merge_state = 'ok' or parked_reason is not null);
    if found then
        -- Nothing is applied to it from now on, and its copy may have to wait for others.
        perform londiste.put_fkeys_aside(i_queue, i_table);
        return 1;
    end if;
    if not exists (select from londiste.subscriber_table where queue_name = i_queue and table_name = i_table) then
        raise exception 'table % is not registered on the subscriber of queue %', i_table, i_queue
            using errcode = 'LD005';
    end if;
    return 0;
end;
$$;
