-- The ticker beside the C extension. Its own ticker takes no lock, and pgqd is meant to be the only one that calls it
-- (C11). So while somebody else's ticks are fresh ours makes none: it only asks for them. When they are stale, because
-- pgqd is not running, ours takes over, in any number, and steps back when a foreign tick appears. In the moment pgqd comes
-- back both may tick at once; the extension has nothing to prevent that.

do $pgq$ begin if not pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq_client.is_our_turn(i_queue) -> boolean
--     Whether the last tick is ours, or a foreign ticker has missed one by 10 seconds.
-- ----------------------------------------------------------------------
create or replace function pgq_client.is_our_turn(i_queue pgq.queue) returns boolean
language plpgsql as $$
declare
    last   record;
    events bigint := coalesce(pg_sequence_last_value(i_queue.queue_event_seq::regclass), 1);
begin
    select tick_id, clock_timestamp() - tick_time as age, tick_event_seq into last
      from pgq.tick where tick_queue = i_queue.queue_id order by tick_queue desc, tick_id desc limit 1;
    return last.tick_id is null
        or exists (select from pgq_client.queue_setting where queue_id = i_queue.queue_id and own_tick = last.tick_id)
        or last.age > interval '10 seconds' + case when events > last.tick_event_seq then i_queue.queue_ticker_max_lag
                                                   else i_queue.queue_ticker_idle_period end;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.tick_as_ours(i_queue) -> int8
--     Makes a tick, due or not, with the ticker lock held, and remembers that it is ours.
-- ----------------------------------------------------------------------
create or replace function pgq_client.tick_as_ours(i_queue pgq.queue) returns bigint
language plpgsql as $$
declare
    id bigint := pgq.ticker(i_queue.queue_name);
begin
    if id is null then
        perform pgq.force_tick(i_queue.queue_name);
        id := pgq.ticker(i_queue.queue_name);
    end if;
    update pgq_client.queue_setting set own_tick = id where queue_id = i_queue.queue_id;
    perform pg_notify('pgq', i_queue.queue_name);
    return id;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.tick_now(i_queue) -> int8
--     Makes a tick when it is our turn; else asks for one and waits, up to 10 seconds, until there is one that sees all
--     that was committed before this call; then takes over.
-- Errors: PQ001, PQ005, PQ006, PQ007.
-- ----------------------------------------------------------------------
create or replace function pgq_client.tick_now(i_queue text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q     pgq.queue;
    now_s constant txid_snapshot := txid_current_snapshot();
    until constant timestamptz := clock_timestamp() + interval '10 seconds';
    id    bigint;
begin
    perform pgq_client.require_read_committed('pgq_client.tick_now');
    q := pgq_client.tickable(i_queue);
    perform pgq_client.is_tick_due(q);
    while not pgq_client.is_our_turn(q) and clock_timestamp() < until loop
        perform pgq.force_tick(i_queue);
        perform pg_sleep(0.05);
        select tick_id into id from pgq.tick
         where tick_queue = q.queue_id
           and txid_snapshot_xmax(tick_snapshot) >= txid_snapshot_xmax(now_s)
           and not exists (select from txid_snapshot_xip(tick_snapshot) x where txid_visible_in_snapshot(x, now_s))
         order by tick_queue desc, tick_id desc limit 1;
        if found then
            return id;
        end if;
    end loop;
    perform pgq_client.lock_ticker(q.queue_id, true);
    return pgq_client.tick_as_ours(q);
end
$$;

end $pgq$;
