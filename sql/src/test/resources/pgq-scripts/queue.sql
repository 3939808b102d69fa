-- A queue's life, as a psql script for PgQ has it.
\set VERBOSITY terse
set client_min_messages = warning;

select * from pgq.maint_tables_to_vacuum();
select pgq.maint_retry_events();
select pgq.create_queue('passing');
select pgq.create_queue('passing');
select pgq.register_consumer('passing', 'c');
select pgq.register_consumer('passing', 'c');
select pgq.drop_queue('passing');
select pgq.unregister_consumer('passing', 'c');
select pgq.unregister_consumer('passing', 'c');
select pgq.drop_queue('passing');
select pgq.drop_queue('passing');

select pgq.create_queue('jobs');
select pgq.set_queue_config('jobs', 'ticker_max_lag', '0');
select pgq.set_queue_config('jobs', 'ticker_idle_period', '0');
select pgq.register_consumer('jobs', 'worker');
select queue_name, queue_ntables, queue_cur_table, queue_rotation_period, queue_external_ticker, queue_disable_insert,
       queue_ticker_paused, queue_ticker_max_count, queue_ticker_max_lag, queue_ticker_idle_period, queue_per_tx_limit,
       queue_data_pfx, queue_event_seq, queue_tick_seq, queue_extra_maint
  from pgq.queue where queue_name = 'jobs';
select co_name from pgq.consumer;
select sub_last_tick, sub_batch, sub_next_tick from pgq.subscription;

-- No tick, no batch; an empty tick, an empty batch.
select pgq.next_batch('jobs', 'worker');
select pgq.ticker();
select pgq.next_batch('jobs', 'worker') as empty \gset
select pgq.next_batch('jobs', 'worker') = :empty as again;
select * from pgq.get_batch_events(:empty);
select queue_name, consumer_name, prev_tick_id, tick_id, lag < '30 seconds' as recent, seq_start, seq_end
  from pgq.get_batch_info(:empty);
select pgq.finish_batch(:empty);
select pgq.finish_batch(:empty);
select * from pgq.get_batch_info(:empty);

-- Events, in order, whatever their type.
select pgq.insert_event('jobs', 'a', 'one');
select pgq.insert_event('jobs', 'b', 'two', 'x1', 'x2', 'x3', 'x4');
select pgq.insert_event('jobs', null, null);
select pgq.insert_event_raw('jobs', null, null, null, null, 'raw', 'four', null, null, null, null);
select pgq.insert_event_raw('jobs', 4711, '2026-11-23 12:00+00', null, 3, 'raw', 'five', 'e1', null, null, null);
select pgq.current_event_table('jobs') = queue_data_pfx || '_0' from pgq.queue where queue_name = 'jobs';
select ev_new from pgq.get_queue_info('jobs');
select pgq.ticker('jobs') is not null as ticked;
select batch_id, cur_tick_id from pgq.next_batch_custom('jobs', 'worker', '1 hour', null, null);
select batch_id, cur_tick_id from pgq.next_batch_custom('jobs', 'worker', null, 10000, null);
select batch_id, cur_tick_id from pgq.next_batch_custom('jobs', 'worker', null, null, '10 minutes');
select batch_id as batch, cur_tick_id, prev_tick_id, cur_tick_event_seq, prev_tick_event_seq
  from pgq.next_batch_custom('jobs', 'worker', '0', 1, '0');
select batch_id as batch from pgq.next_batch_info('jobs', 'worker') \gset
select ev_id, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4 from pgq.get_batch_events(:batch);
select count(*) from pgq.batch_event_tables(:batch);
select queue_name, consumer_name, lag < '1 minute' as lag, last_seen < '1 minute' as seen, last_tick, current_batch = :batch
       as open, next_tick, pending_events
  from pgq.get_consumer_info();
select consumer_name from pgq.get_consumer_info('jobs');
select consumer_name from pgq.get_consumer_info('jobs', 'worker');
select consumer_name from pgq.get_consumer_info('jobs', 'nobody');
select queue_name, queue_ntables, queue_cur_table, queue_rotation_period, queue_switch_time <= now() as switched,
       queue_external_ticker, queue_ticker_paused, queue_ticker_max_count, queue_ticker_max_lag, queue_ticker_idle_period,
       ticker_lag < '1 minute' as lag, ev_per_sec is null as slow, ev_new, last_tick_id
  from pgq.get_queue_info();

-- Through a cursor, a page at a time, with a condition.
begin;
select ev_id, ev_data from pgq.get_batch_cursor(:batch, 'whole', 10);
fetch 10 from whole;
close whole;
select ev_id, ev_data from pgq.get_batch_cursor(:batch, 'paged', 2);
move 1 in paged;
fetch 1 from paged \gset page_
select :page_ev_id, :'page_ev_data';
close paged;
select ev_id, ev_data from pgq.get_batch_cursor(:batch, 'some', 2, 'ev_id = 1');
fetch 2 from some;
close some;
select ev_id, ev_data from pgq.get_batch_cursor(:batch, 'none', 0);
fetch 1 from none \gset none_
select :none_ev_id, :'none_ev_data';
select ev_id, ev_data from pgq.get_batch_cursor(:batch, 'nothing', null);
commit;

-- Again later: one event twice, then all.
select pgq.event_retry(:batch, 2, 0);
select pgq.event_retry(:batch, 2, 0);
select pgq.event_retry(:batch, 1, '2026-11-23 12:00+00'::timestamptz - interval '1 year');
select pgq.event_retry(:batch, 99, 0);
select pgq.batch_retry(:batch, 0);
select pgq.finish_batch(:batch);
select pgq.event_retry_raw('jobs', 'worker', now(), 666, now(), 0, 'rawtest', 'data', null, null, null, null);
select ev_id, ev_retry, ev_txid, ev_type from pgq.retry_queue order by 1;
select pgq.maint_retry_events();
select pgq.maint_retry_events();
select pgq.ticker('jobs') is not null as ticked;
select batch_id as batch from pgq.next_batch_info('jobs', 'worker') \gset
select ev_id, ev_retry, ev_type, ev_data from pgq.get_batch_events(:batch);
select pgq.finish_batch(:batch);

-- Rotation.
select pgq.set_queue_config('jobs', 'rotation_period', '0');
select func_name, func_arg from pgq.maint_operations();
select pgq.maint_rotate_tables_step1('jobs');
select queue_cur_table, queue_switch_step2 is null as half from pgq.queue;
select func_name, func_arg from pgq.maint_operations();
select pgq.maint_rotate_tables_step2();
select queue_cur_table, queue_switch_step2 is null as half from pgq.queue;
update pgq.queue set queue_extra_maint = array['baz', 'foo.bar'], queue_rotation_period = '1 hour';
select func_name, func_arg from pgq.maint_operations();

-- Ticks: forced, refused, from outside.
select pgq.force_tick('jobs') = last_tick_id as last from pgq.get_queue_info('jobs');
select pgq.ticker('jobs') > 0 as ticked;
select pgq.set_queue_config('jobs', 'ticker_paused', 'true');
select pgq.ticker('jobs');
select pgq.ticker();
select pgq.set_queue_config('jobs', 'ticker_paused', 'false');
select pgq.set_queue_config('jobs', 'external_ticker', 'true');
select pgq.ticker('jobs');
select pgq.ticker('jobs', 1000, '2026-11-23 12:00+00', 5000);
select last_tick_id from pgq.get_queue_info('jobs');
select pgq.seq_getval(queue_tick_seq), pgq.seq_getval(queue_event_seq) from pgq.queue;
select pgq.set_queue_config('jobs', 'external_ticker', 'false');

-- Where a consumer stands.
select pgq.register_consumer_at('jobs', 'worker', 1000);
select pgq.register_consumer_at('jobs', 'late', 1000);
select pgq.register_consumer_at('jobs', 'worker', 12345);
select pgq.unregister_consumer('jobs', 'late');

-- Sequences and names.
create sequence counter;
select pgq.seq_getval('counter');
select pgq.seq_setval('counter', 10);
select pgq.seq_setval('counter', 5);
select pgq.seq_getval('counter');
select pgq.quote_fqname('a.b'), pgq.quote_fqname('A.b.c'), pgq.quote_fqname('x y'), pgq.quote_fqname(null);
select pgq.tune_storage('jobs'), pgq.grant_perms('jobs'), pgq.upgrade_schema();
select pgq.drop_queue('jobs');
select pgq.drop_queue('jobs', true);
select * from pgq.queue;
select * from pgq.consumer;
