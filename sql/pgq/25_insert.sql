-- Inserting events.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.insert_event(queue_name, ev_type, ev_data [, ev_extra1 .. ev_extra4]) -> int8
--     Inserts an event in the caller's transaction: it exists for consumers when that commits.
-- Result: the event id.
-- Errors: as insert_event_raw, and PQ007 'Insert into queue disallowed' when the queue carries captured tables (C07).
-- ----------------------------------------------------------------------
create or replace function pgq.insert_event(
    queue_name text, ev_type text, ev_data text,
    ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return pgq_client.insert_event(queue_name, false, null, now(), null, null,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4);
end
$$;

create or replace function pgq.insert_event(queue_name text, ev_type text, ev_data text) returns bigint
language plpgsql as $$
begin
    return pgq.insert_event(queue_name, ev_type, ev_data, null, null, null, null);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.insert_event_raw(queue_name, ev_id, ev_time, ev_owner, ev_retry, ev_type, ev_data, ev_extra1 .. ev_extra4) -> int8
--     Inserts an event as it is given; without ev_id it gets the next one, without ev_time now().
-- Result: the event id.
-- Errors: PQ001 'No such queue'; PQ007 'Insert into queue disallowed' (unless session_replication_role is replica),
--     'Queue '..' allows max .. events from one TX'.
-- Called by: retry events, mirrors, londiste's own events.
-- ----------------------------------------------------------------------
create or replace function pgq.insert_event_raw(
    queue_name text, ev_id bigint, ev_time timestamptz, ev_owner integer, ev_retry integer,
    ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return pgq_client.insert_event(queue_name, true, ev_id, coalesce(ev_time, now()), ev_owner, ev_retry,
        ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4);
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.insert_event(i_queue, i_raw, i_id, i_time, i_owner, i_retry, i_type, i_data, i_extra1 .. i_extra4) -> int8
--     The transaction has its id before the number of the current table is read (C13): so whoever may still write to the
--     previous table is seen as running by every tick up to the rotation. It also has it before it draws the event id: an
--     event that a tick counted but could not see is found among the transactions running at that tick (C12).
-- Called by: pgq.insert_event, pgq.insert_event_raw; with their rights and search_path.
-- ----------------------------------------------------------------------
create or replace function pgq_client.insert_event(
    i_queue text, i_raw boolean, i_id bigint, i_time timestamptz, i_owner integer, i_retry integer,
    i_type text, i_data text, i_extra1 text, i_extra2 text, i_extra3 text, i_extra4 text)
returns bigint
language plpgsql as $$
declare
    txid    bigint := txid_current();
    q       record;
    nr      int4;
    next_id bigint;
begin
    select t.queue_id, t.queue_cur_table, t.queue_data_pfx, t.queue_event_seq, t.queue_disable_insert,
           t.queue_per_tx_limit, s.captured
      into q from pgq.queue t left join pgq_client.queue_setting s on s.queue_id = t.queue_id
     where t.queue_name = i_queue;
    if not found then
        raise exception '%', case when i_queue is null then 'Queue name must not be NULL' else 'No such queue' end
            using errcode = 'PQ001', detail = format('Queue: %s', i_queue);
    end if;
    if q.queue_disable_insert and current_setting('session_replication_role') <> 'replica' then
        raise exception 'Insert into queue disallowed' using errcode = 'PQ007', detail = format('Queue: %s', i_queue);
    end if;
    if q.captured and not i_raw then
        raise exception 'Insert into queue disallowed' using errcode = 'PQ007',
            detail = format('Queue %s carries captured tables: only their triggers insert events.', i_queue),
            hint = 'Use a queue of its own for other events.';
    end if;
    if q.queue_per_tx_limit is not null and i_owner is null then
        perform pgq_client.count_in_transaction(i_queue, q.queue_id, q.queue_per_tx_limit, txid);
    end if;

    nr := q.queue_cur_table;
    if current_setting('transaction_isolation') <> 'read committed' then
        -- The row read above may be older than the last rotation; a function is never read with the snapshot.
        execute 'select pgq.event_table_no_' || q.queue_id || '()' into nr;
    end if;
    -- Drawn for an event with an id of its own too: tickers and get_queue_info count by the sequence.
    next_id := nextval(q.queue_event_seq::regclass);
    i_id := coalesce(i_id, next_id);
    execute 'insert into ' || pgq.quote_fqname(q.queue_data_pfx || '_' || nr)
        || ' (ev_id, ev_time, ev_txid, ev_owner, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)'
        || ' values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)'
        using i_id, i_time, txid, i_owner, i_retry, i_type, i_data, i_extra1, i_extra2, i_extra3, i_extra4;
    return i_id;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.count_in_transaction(i_queue, i_queue_id, i_limit, i_txid)
--     Enforces queue_per_tx_limit, for new events. The count lives in a setting of the session, bound to the transaction id: a savepoint
--     that is rolled back takes its part of the count with it, as it takes its events.
-- Errors: PQ007.
-- ----------------------------------------------------------------------
create or replace function pgq_client.count_in_transaction(i_queue text, i_queue_id int4, i_limit int4, i_txid bigint)
returns void
language plpgsql as $$
declare
    setting constant text   := 'pgq_client.count_' || i_queue_id;
    stored  constant text[] := string_to_array(current_setting(setting, true), ':');
    events  bigint := 1;
begin
    if stored[1] = i_txid::text then
        events := stored[2]::bigint + 1;
    end if;
    if events > i_limit then
        raise exception 'Queue ''%'' allows max % events from one TX', i_queue, i_limit using errcode = 'PQ007';
    end if;
    perform set_config(setting, i_txid || ':' || events, true);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.current_event_table(x_queue_name) -> text
--     The table that takes events now, for writers that insert without functions, by COPY say: their rows need an ev_id
--     (its default) and ev_time only. Valid until the transaction ends.
-- Errors: PQ001 'Event queue not found'; PQ007 'Writing to queue disabled'.
-- ----------------------------------------------------------------------
create or replace function pgq.current_event_table(x_queue_name text) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    q  record;
    nr int4;
begin
    -- The id first, as in insert_event_raw: this transaction keeps the table from being emptied.
    perform txid_current();
    select queue_id, queue_data_pfx, queue_cur_table, queue_disable_insert into q
      from pgq.queue where queue_name = x_queue_name;
    if not found then
        raise exception 'Event queue not found' using errcode = 'PQ001', detail = format('Queue: %s', x_queue_name);
    end if;
    if q.queue_disable_insert and current_setting('session_replication_role') <> 'replica' then
        raise exception 'Writing to queue disabled' using errcode = 'PQ007', detail = format('Queue: %s', x_queue_name);
    end if;
    nr := q.queue_cur_table;
    if current_setting('transaction_isolation') <> 'read committed' then
        execute 'select pgq.event_table_no_' || q.queue_id || '()' into nr;
    end if;
    return q.queue_data_pfx || '_' || nr;
end
$$;

end $pgq$;
