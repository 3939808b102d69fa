-- The ticker. A tick stores a snapshot; consumers get what became visible between two ticks, so a tick with a greater
-- number must never store an older snapshot (C10). Therefore, whoever ticks:
--   1. runs in READ COMMITTED, where each statement has a snapshot of its own; anything else is refused;
--   2. locks the queue's row of pgq_client.queue_setting in a statement of its own;
--   3. reads the event sequence in a later statement, and takes the snapshot in one later still.
-- The lock lasts until the transaction ends, so tickers in any number store ticks in order. Call these functions in a
-- transaction of their own: a longer one keeps other tickers waiting, and its own events are not part of its tick.

-- Functions of pgq_client without a search_path of their own run with that of the function that calls them.

-- ----------------------------------------------------------------------
-- pgq_client.require_read_committed(i_function)
-- Errors: PQ005.
-- ----------------------------------------------------------------------
create or replace function pgq_client.require_read_committed(i_function text) returns void
language plpgsql as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception '%() must run in READ COMMITTED, not in %', i_function,
                upper(current_setting('transaction_isolation'))
            using errcode = 'PQ005', hint = 'Call it in a transaction of its own, in autocommit mode for instance.';
    end if;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.check_txid(i_queue, i_snapshot)
--     After a restore from a dump new transaction ids lie below those of old ticks: events would never be seen (C14).
-- Errors: PQ006.
-- Called by: tickers, poll.
-- ----------------------------------------------------------------------
create or replace function pgq_client.check_txid(i_queue text, i_snapshot txid_snapshot) returns void
language plpgsql as $$
begin
    if txid_snapshot_xmin(i_snapshot) > txid_snapshot_xmax(txid_current_snapshot()) then
        raise exception 'Invalid PgQ state: old xmin=%, old xmax=%, cur txid=%', txid_snapshot_xmin(i_snapshot),
                txid_snapshot_xmax(i_snapshot), txid_snapshot_xmax(txid_current_snapshot())
            using errcode = 'PQ006',
                detail = format('Queue %s: its last tick lies in the future of this server''s transaction ids, as after a restore from a dump.', i_queue),
                hint = 'Drop the queue with force (remove captured tables first), create it again and start its consumers anew.';
    end if;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.tickable(i_queue) -> pgq.queue
--     The queue, which our ticker may tick.
-- Errors: PQ001 'no such queue'; PQ007 'This queue has external tick source.', 'Ticker has been paused for this queue'.
-- ----------------------------------------------------------------------
create or replace function pgq_client.tickable(i_queue text) returns pgq.queue
language plpgsql as $$
declare
    q pgq.queue;
begin
    select * into q from pgq.queue where queue_name = i_queue;
    if not found then
        raise exception 'no such queue' using errcode = 'PQ001', detail = format('Queue: %s', i_queue);
    end if;
    if q.queue_external_ticker then
        raise exception 'This queue has external tick source.' using errcode = 'PQ007', detail = format('Queue: %s', i_queue);
    end if;
    if q.queue_ticker_paused then
        raise exception 'Ticker has been paused for this queue' using errcode = 'PQ007', detail = format('Queue: %s', i_queue);
    end if;
    return q;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.lock_ticker(i_queue_id, i_wait) -> boolean
--     Takes the lock that the tickers of a queue share, until the transaction ends.
-- Result: false when another session holds it and i_wait is false.
-- ----------------------------------------------------------------------
create or replace function pgq_client.lock_ticker(i_queue_id int4, i_wait boolean) returns boolean
language plpgsql as $$
begin
    if i_wait then
        perform 1 from pgq_client.queue_setting where queue_id = i_queue_id for no key update;
        if not found then
            insert into pgq_client.queue_setting (queue_id) values (i_queue_id) on conflict do nothing;
            perform 1 from pgq_client.queue_setting where queue_id = i_queue_id for no key update;
        end if;
        return true;
    end if;
    perform 1 from pgq_client.queue_setting where queue_id = i_queue_id for no key update skip locked;
    if not found and not exists (select from pgq_client.queue_setting where queue_id = i_queue_id) then
        return pgq_client.lock_ticker(i_queue_id, true);
    end if;
    return found;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.is_tick_due(i_queue) -> boolean
--     Events: due at ticker_max_count of them, or ticker_max_lag after the last tick. Nothing new: due after twice the
--     time between the last two ticks, at least ticker_max_lag / 2, at most ticker_idle_period.
-- Errors: PQ006.
-- ----------------------------------------------------------------------
create or replace function pgq_client.is_tick_due(i_queue pgq.queue) returns boolean
language plpgsql as $$
declare
    last     record;
    events   bigint;
    age      interval;
    previous interval;
begin
    select tick_id, tick_time, tick_snapshot, tick_event_seq into last
      from pgq.tick where tick_queue = i_queue.queue_id order by tick_queue desc, tick_id desc limit 1;
    if not found then
        return true;
    end if;
    perform pgq_client.check_txid(i_queue.queue_name, last.tick_snapshot);

    age := clock_timestamp() - last.tick_time;
    events := coalesce(pg_sequence_last_value(i_queue.queue_event_seq::regclass), 1) - last.tick_event_seq;
    if events >= i_queue.queue_ticker_max_count then
        return true;
    end if;
    if events > 0 then
        return age >= i_queue.queue_ticker_max_lag;
    end if;
    if age >= i_queue.queue_ticker_max_lag and pgq_client.has_late_event(i_queue, last.tick_snapshot) then
        return true;
    end if;
    if age >= i_queue.queue_ticker_idle_period then
        return true;
    end if;
    select last.tick_time - tick_time into previous
      from pgq.tick where tick_queue = i_queue.queue_id and tick_id < last.tick_id
     order by tick_queue desc, tick_id desc limit 1;
    return not found or (age >= i_queue.queue_ticker_max_lag / 2 and age >= previous * 2);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.has_late_event(i_queue, i_snapshot) -> boolean
--     Whether an event is visible now whose transaction was not visible in the snapshot: one that drew its id before
--     that tick and committed after it, or one that was inserted with an id of its own (a retry). The event sequence
--     tells of neither (C12). Such a transaction was running at the tick or began after it, so a few index probes in the
--     current table and the one before find it; unrelated transactions, in this database or another, are not even looked at.
-- ----------------------------------------------------------------------
create or replace function pgq_client.has_late_event(i_queue pgq.queue, i_snapshot txid_snapshot) returns boolean
language plpgsql stable as $$
begin
    return pgq_client.has_event_after(
        array[pgq_client.event_table(i_queue, 0), pgq_client.event_table(i_queue, -1)], i_snapshot);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.has_event_after(i_tables, i_snapshot) -> boolean
--     Whether one of these event tables has an event, of another transaction than this one, that is visible now and was
--     not visible in the snapshot; false for a null snapshot. Index probes: event tables have no statistics, and the
--     planner must not think that a scan from the front finds one soon.
-- Called by: has_late_event, batch_event_tables, maint_rotate_tables_step1.
-- ----------------------------------------------------------------------
create or replace function pgq_client.has_event_after(i_tables text[], i_snapshot txid_snapshot) returns boolean
language plpgsql stable as $$
declare
    running constant bigint[] := array(select txid_snapshot_xip(i_snapshot));
    tbl       text;
    query     text := 'select false';
    found_one boolean;
begin
    foreach tbl in array i_tables loop
        query := query || ' or (select true from ' || tbl || ' where ev_txid >= $1 and ev_txid is distinct from $2'
            || ' order by ev_txid limit 1)';
        if running <> '{}' then
            query := query || ' or exists (select from unnest($3) x, lateral (select from ' || tbl
                || ' where ev_txid = x limit 1) e)';
        end if;
    end loop;
    execute query into found_one using txid_snapshot_xmax(i_snapshot), txid_current_if_assigned(), running;
    return coalesce(found_one, false);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.event_table(i_queue, i_offset) -> text
--     The quoted name of an event table, counted from the current one: 0 it, -1 the one before, 1 the next.
-- ----------------------------------------------------------------------
create or replace function pgq_client.event_table(i_queue pgq.queue, i_offset int4) returns text
language plpgsql stable as $$
begin
    return pgq.quote_fqname(i_queue.queue_data_pfx || '_'
        || (i_queue.queue_cur_table + i_queue.queue_ntables + i_offset) % i_queue.queue_ntables);
end
$$;
