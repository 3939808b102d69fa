-- Who keeps the event tables from being emptied, and who ticks. The same text works on our SQL and on the C extension.

-- ----------------------------------------------------------------------
-- pgq_client.queue_status([i_queue])
--     -> setof (queue_name, ticker, last_tick_id, last_tick_age, event_bytes, rotation_due, blocked_by, blocker,
--               blocked_since, blocker_detail)
--     One row for each that stands in the way of the next rotation, one row with nulls for a queue that nothing blocks.
--     ticker: paused, external, embedded (ours, in any number), or beside the C extension foreign, stale or embedded.
--     event_bytes: what the events take; rotation_due: the rotation period is over.
--     blocked_by: consumer, parked consumer (does not block, but reads nothing any more), transaction, prepared
--     transaction, or lock. blocker: the consumer's name, the process id, or the transaction's gid.
--     What other roles' sessions do is seen by members of pg_read_all_stats only.
-- Called by: STATUS.
-- ----------------------------------------------------------------------
create or replace function pgq_client.queue_status(
    i_queue text,
    out queue_name text, out ticker text, out last_tick_id bigint, out last_tick_age interval, out event_bytes bigint,
    out rotation_due boolean, out blocked_by text, out blocker text, out blocked_since timestamptz, out blocker_detail text)
returns setof record
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    for q in select * from pgq.queue t where i_queue is null or t.queue_name = i_queue order by t.queue_name loop
        queue_name := q.queue_name;
        ticker := pgq_client.ticker_state(q);
        event_bytes := pgq_client.event_bytes(q);
        rotation_due := q.queue_switch_time + q.queue_rotation_period < clock_timestamp();
        select t.tick_id, clock_timestamp() - t.tick_time into last_tick_id, last_tick_age
          from pgq.tick t where t.tick_queue = q.queue_id order by t.tick_queue desc, t.tick_id desc limit 1;
        return query
            select o.* from (values (queue_name, ticker, last_tick_id, last_tick_age, event_bytes, rotation_due))
                as v (a, b, c, d, e, f)
              left join pgq_client.rotation_blockers(q) r on true
             cross join lateral (values (v.a, v.b, v.c, v.d, v.e, v.f, r.blocked_by, r.blocker, r.blocked_since,
                                         r.blocker_detail)) o;
    end loop;
end
$$;

create or replace function pgq_client.ticker_state(i_queue pgq.queue) returns text
language plpgsql as $$
begin
    return case
        when i_queue.queue_external_ticker then 'external'
        when i_queue.queue_ticker_paused then 'paused'
        when not pgq_client.on_extension() then 'embedded'
        when not pgq_client.is_our_turn(i_queue) then 'foreign'
        when exists (select from pgq_client.queue_setting where queue_id = i_queue.queue_id
                        and own_tick = (select max(tick_id) from pgq.tick where tick_queue = i_queue.queue_id)) then 'embedded'
        else 'stale'
    end;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.rotation_blockers(i_queue) -> setof (blocked_by, blocker, blocked_since, blocker_detail)
--     A rotation must not begin before every consumer's last tick began after the one before. That tick began when the
--     consumer reached it, or when a transaction began that was still running at it.
-- ----------------------------------------------------------------------
create or replace function pgq_client.rotation_blockers(
    i_queue pgq.queue,
    out blocked_by text, out blocker text, out blocked_since timestamptz, out blocker_detail text)
returns setof record
language sql stable as $$
    select 'consumer', c.co_name, t.tick_time,
           format('last tick %s, lag %s', t.tick_id, date_trunc('second', clock_timestamp() - t.tick_time))
      from pgq.subscription s
      join pgq.consumer c on c.co_id = s.sub_consumer
      join pgq.tick t on t.tick_queue = s.sub_queue and t.tick_id = s.sub_last_tick
     where s.sub_queue = i_queue.queue_id and txid_snapshot_xmin(t.tick_snapshot) <= i_queue.queue_switch_step2
       and t.tick_id < (select max(tick_id) from pgq.tick where tick_queue = i_queue.queue_id)
    union all
    select 'parked consumer', c.co_name, p.parked_time, p.reason
      from pgq_client.parked_consumer p
      join pgq.subscription s on s.sub_queue = p.queue_id and s.sub_consumer = p.consumer_id and s.sub_last_tick = p.tick_id
      join pgq.consumer c on c.co_id = p.consumer_id
     where p.queue_id = i_queue.queue_id
    union all
    select 'transaction', a.pid::text, a.xact_start, format('%s, user %s, state %s', a.application_name, a.usename, a.state)
      from pg_stat_activity a
      join txid_snapshot_xip(txid_current_snapshot()) x on (x & 4294967295) = a.backend_xid::text::bigint
     where x <= i_queue.queue_switch_step2
    union all
    select 'prepared transaction', p.gid, p.prepared, format('database %s, owner %s', p.database, p.owner)
      from pg_prepared_xacts p
      join txid_snapshot_xip(txid_current_snapshot()) x on (x & 4294967295) = p.transaction::text::bigint
     where x <= i_queue.queue_switch_step2
    union all
    select 'lock', coalesce(l.pid::text, 'prepared'), a.xact_start,
           format('%s on %s, %s, user %s', l.mode, l.relation::regclass, a.application_name, a.usename)
      from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.granted and l.database = (select oid from pg_database where datname = current_database())
       and l.relation = to_regclass(pgq_client.event_table(i_queue, 1)) and l.pid is distinct from pg_backend_pid()
$$;
