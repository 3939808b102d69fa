-- The tick that pollers ask for. The same text works on our SQL and on the C extension.

-- ----------------------------------------------------------------------
-- pgq_client.tick_if_due(i_queue) -> int8
--     Makes a tick when one is due and it is our turn. When none is due: no write, no transaction id, no lock. When
--     another session is ticking the queue now: that tick will do.
-- Result: the tick's id, null when there was none to make, or when the queue is paused or ticked from outside.
-- Errors: PQ001, PQ005, PQ006.
-- Called by: poll, ticker().
-- ----------------------------------------------------------------------
create or replace function pgq_client.tick_if_due(i_queue text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return pgq_client.tick_if_due_unguarded(i_queue);
end
$$;

create or replace function pgq_client.tick_if_due_unguarded(i_queue text) returns bigint
language plpgsql as $$
declare
    q pgq.queue;
begin
    perform pgq_client.require_read_committed('pgq_client.tick_if_due');
    select * into q from pgq.queue where queue_name = i_queue;
    if not found then
        raise exception 'No such queue: %', i_queue using errcode = 'PQ001';
    end if;
    if q.queue_external_ticker or q.queue_ticker_paused
            or not pgq_client.is_tick_due(q) or not pgq_client.is_our_turn(q) then
        return null;
    end if;
    -- Look again under the lock: the tick may have been made meanwhile.
    if not pgq_client.lock_ticker(q.queue_id, false)
            or not pgq_client.is_tick_due(q) or not pgq_client.is_our_turn(q) then
        return null;
    end if;
    return pgq_client.tick_as_ours(q);
end
$$;
