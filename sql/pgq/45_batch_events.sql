-- Reading the events of a batch.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.batch_event_tables(x_batch_id) -> setof text
--     The event tables that have events of an open batch, or may have: by the transaction ids of its ticks and of the last
--     rotation the current table, the one before, or both. A writer has its transaction id before it reads the number of
--     the current table, and rotation waits until every consumer's tick began after the previous rotation; so another
--     table can have an unread event only from a writer that used a stale number. It is looked at, but not locked for
--     long: whoever reads the next table stops rotation.
-- Errors: PQ003 'Cannot find data for batch ..'.
-- Called by: batch_event_sql.
-- ----------------------------------------------------------------------
create or replace function pgq.batch_event_tables(x_batch_id bigint) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    q    pgq.queue;
    last txid_snapshot;
    cur  txid_snapshot;
    tbl  text;
    used boolean;
begin
    select t.* into q from pgq.subscription s join pgq.queue t on t.queue_id = s.sub_queue where s.sub_batch = x_batch_id;
    select l.tick_snapshot, c.tick_snapshot into last, cur
      from pgq.subscription s
      join pgq.tick l on l.tick_queue = s.sub_queue and l.tick_id = s.sub_last_tick
      join pgq.tick c on c.tick_queue = s.sub_queue and c.tick_id = s.sub_next_tick
     where s.sub_batch = x_batch_id;
    if not found then
        raise exception 'Cannot find data for batch %', x_batch_id using errcode = 'PQ003';
    end if;

    for i in -1 .. 1 loop
        tbl := pgq_client.event_table(q, i);
        used := case i
            when -1 then coalesce(txid_snapshot_xmin(last) <= q.queue_switch_step2, true)
            when 0 then txid_snapshot_xmax(cur) >= q.queue_switch_step1
            else false
        end;
        if not used then
            begin
                used := pgq_client.has_event_after(array[tbl], last);
                -- Rolling back to here gives the table's lock back; it would last until the reader's transaction ends.
                raise exception using errcode = 'PQ000';
            exception when sqlstate 'PQ000' then null;
            end;
        end if;
        if used then
            return next tbl;
        end if;
    end loop;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.batch_event_sql(x_batch_id) -> text
--     The query for the events of an open batch, in the order of their ids.
--
--     A batch has the transactions that `cur` sees and `last` does not. To find them by index only, also while an old
--     transaction holds last's xmin far back:
--       * those that began between the two ticks are the range [xmax(last), xmax(cur)), less those still running at cur;
--       * those that were running at last and had ended by cur are listed one by one. The bounds of the list say nothing
--         new, but without statistics the planner would take a long list for half of the table.
-- Errors: PQ003 'batch not found'; PQ004 when a tick of it is gone.
-- Called by: get_batch_events, get_batch_cursor, clients that read page by page.
-- ----------------------------------------------------------------------
create or replace function pgq.batch_event_sql(x_batch_id bigint) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    s     pgq.subscription;
    last  txid_snapshot;
    cur   txid_snapshot;
    ended bigint[];
    owner text;
begin
    select * into s from pgq.subscription where sub_batch = x_batch_id;
    if not found then
        raise exception 'batch not found' using errcode = 'PQ003', detail = format('Batch: %s', x_batch_id);
    end if;
    select tick_snapshot into last from pgq.tick where tick_queue = s.sub_queue and tick_id = s.sub_last_tick;
    select tick_snapshot into cur from pgq.tick where tick_queue = s.sub_queue and tick_id = s.sub_next_tick;
    if last is null or cur is null then
        raise exception 'Lost position: a tick of batch % is gone', x_batch_id using errcode = 'PQ004',
            detail = format('Ticks: %s to %s', s.sub_last_tick, s.sub_next_tick);
    end if;
    ended := array(select x from txid_snapshot_xip(last) x where txid_visible_in_snapshot(x, cur) order by x);
    owner := format(' and (ev_owner is null or ev_owner = %s)', s.sub_id);

    return (
        select string_agg(
            format('select ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4'
                || ' from %s where %s%s', tbl, condition, owner), ' union all ')
            || ' order by 1'
          from pgq.batch_event_tables(x_batch_id) tbl,
               (select format('ev_txid >= %s and ev_txid < %s', txid_snapshot_xmax(last), txid_snapshot_xmax(cur))
                    || case when txid_snapshot_xmin(cur) < txid_snapshot_xmax(cur)
                            then format(' and txid_visible_in_snapshot(ev_txid, %L)', cur) else '' end
                union all
                select format('ev_txid = any (%L::bigint[]) and ev_txid >= %s and ev_txid <= %s',
                              ended, ended[1], ended[cardinality(ended)])
                 where ended <> '{}') as range (condition));
end
$$;

-- ----------------------------------------------------------------------
-- pgq.get_batch_events(x_batch_id)
--     -> setof (ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
--     All events of an open batch at once. A batch may have none.
-- Errors: PQ003, PQ004.
-- ----------------------------------------------------------------------
create or replace function pgq.get_batch_events(
    in x_batch_id bigint,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry int4, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql as $$
begin
    return query execute pgq.batch_event_sql(x_batch_id);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.get_batch_cursor(i_batch_id, i_cursor_name, i_quick_limit [, i_extra_where]) -> setof events
--     Opens a cursor over the events of an open batch, restricted by a condition on their columns, and returns the first
--     i_quick_limit of them. The condition runs with the rights of the caller.
-- Result: nothing when an argument but i_extra_where is null.
-- Errors: PQ003, PQ004.
-- ----------------------------------------------------------------------
create or replace function pgq.get_batch_cursor(
    in i_batch_id bigint, in i_cursor_name text, in i_quick_limit int4, in i_extra_where text,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry int4, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql as $$
declare
    query text;
begin
    if i_batch_id is null or i_cursor_name is null or i_quick_limit is null then
        return;
    end if;
    query := pgq.batch_event_sql(i_batch_id);
    if i_extra_where is not null then
        query := 'select * from (' || query || ') _evs where ' || i_extra_where || ' order by 1';
    end if;
    execute 'declare ' || quote_ident(i_cursor_name) || ' no scroll cursor for ' || query;
    if i_quick_limit > 0 then
        return query execute 'fetch ' || i_quick_limit || ' from ' || quote_ident(i_cursor_name);
    end if;
end
$$;

create or replace function pgq.get_batch_cursor(
    in i_batch_id bigint, in i_cursor_name text, in i_quick_limit int4,
    out ev_id bigint, out ev_time timestamptz, out ev_txid bigint, out ev_retry int4, out ev_type text,
    out ev_data text, out ev_extra1 text, out ev_extra2 text, out ev_extra3 text, out ev_extra4 text)
returns setof record
language plpgsql strict as $$
begin
    return query select * from pgq.get_batch_cursor(i_batch_id, i_cursor_name, i_quick_limit, null);
end
$$;

end $pgq$;
