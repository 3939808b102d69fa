-- What queues and consumers are doing.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.get_queue_info([i_queue_name]) -> setof record
--     One row a queue, or all: its configuration, ticker_lag (time since the last tick), ev_per_sec (over the last 20
--     ticks), ev_new (events since the last tick), last_tick_id.
-- ----------------------------------------------------------------------
create or replace function pgq.get_queue_info(
    in i_queue_name text,
    out queue_name text, out queue_ntables integer, out queue_cur_table integer, out queue_rotation_period interval,
    out queue_switch_time timestamptz, out queue_external_ticker boolean, out queue_ticker_paused boolean,
    out queue_ticker_max_count integer, out queue_ticker_max_lag interval, out queue_ticker_idle_period interval,
    out ticker_lag interval, out ev_per_sec float8, out ev_new bigint, out last_tick_id bigint)
returns setof record
language sql set search_path = pg_catalog, pg_temp as $$
    select q.queue_name, q.queue_ntables, q.queue_cur_table, q.queue_rotation_period, q.queue_switch_time,
           q.queue_external_ticker, q.queue_ticker_paused, q.queue_ticker_max_count, q.queue_ticker_max_lag,
           q.queue_ticker_idle_period,
           current_timestamp - top.tick_time,
           case when older.tick_time < top.tick_time then
               (top.tick_event_seq - older.tick_event_seq) / extract(epoch from top.tick_time - older.tick_time)::float8
           end,
           pgq.seq_getval(q.queue_event_seq) - top.tick_event_seq,
           top.tick_id
      from pgq.queue q
      left join lateral (select * from pgq.tick where tick_queue = q.queue_id
                          order by tick_queue desc, tick_id desc limit 1) top on true
      left join lateral (select * from pgq.tick where tick_queue = q.queue_id and tick_id >= top.tick_id - 20
                          order by tick_queue, tick_id limit 1) older on true
     where i_queue_name is null or q.queue_name = i_queue_name
     order by q.queue_name
$$;

create or replace function pgq.get_queue_info(
    out queue_name text, out queue_ntables integer, out queue_cur_table integer, out queue_rotation_period interval,
    out queue_switch_time timestamptz, out queue_external_ticker boolean, out queue_ticker_paused boolean,
    out queue_ticker_max_count integer, out queue_ticker_max_lag interval, out queue_ticker_idle_period interval,
    out ticker_lag interval, out ev_per_sec float8, out ev_new bigint, out last_tick_id bigint)
returns setof record
language sql as $$ select * from pgq.get_queue_info(null) $$;

-- ----------------------------------------------------------------------
-- pgq.get_consumer_info([i_queue_name [, i_consumer_name]]) -> setof record
--     One row a subscription; null arguments stand for all. lag: age of the last tick the consumer has finished;
--     last_seen: time since it last opened or finished a batch; pending_events: events between that tick and the last.
-- ----------------------------------------------------------------------
create or replace function pgq.get_consumer_info(
    in i_queue_name text, in i_consumer_name text,
    out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
    out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select q.queue_name, c.co_name, current_timestamp - t.tick_time, current_timestamp - s.sub_active,
           s.sub_last_tick, s.sub_batch, s.sub_next_tick, top.tick_event_seq - t.tick_event_seq
      from pgq.queue q
      join pgq.subscription s on s.sub_queue = q.queue_id
      join pgq.consumer c on c.co_id = s.sub_consumer
      left join pgq.tick t on t.tick_queue = s.sub_queue and t.tick_id = s.sub_last_tick
      left join lateral (select tick_event_seq from pgq.tick where tick_queue = q.queue_id
                          order by tick_queue desc, tick_id desc limit 1) top on true
     where (i_queue_name is null or q.queue_name = i_queue_name)
       and (i_consumer_name is null or c.co_name = i_consumer_name)
     order by 1, 2
$$;

create or replace function pgq.get_consumer_info(
    in i_queue_name text,
    out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
    out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language sql as $$ select * from pgq.get_consumer_info(i_queue_name, null) $$;

create or replace function pgq.get_consumer_info(
    out queue_name text, out consumer_name text, out lag interval, out last_seen interval,
    out last_tick bigint, out current_batch bigint, out next_tick bigint, out pending_events bigint)
returns setof record
language sql as $$ select * from pgq.get_consumer_info(null, null) $$;

end $pgq$;
