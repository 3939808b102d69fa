-- Who may do what. The roles of this script are members of PgQ's, and nothing else.
\set VERBOSITY terse
set client_min_messages = warning;
select pgq.create_queue('shared');
update pgq.queue set queue_ticker_max_lag = '0', queue_ticker_idle_period = '0';

set role script_admin;
select pgq.create_queue('made');
select pgq.set_queue_config('made', 'ticker_max_lag', '0');
select pgq.ticker() > 0 as ticked;
select pgq.maint_rotate_tables_step1('made');
select pgq.maint_retry_events();
select pgq.insert_event('shared', 'a', 'by the admin') > 0 as inserted;
select pgq.drop_queue('made');

set role script_writer;
select pgq.insert_event('shared', 'a', 'by the writer') > 0 as inserted;
select pgq.insert_event_raw('shared', null, null, null, null, 'a', 'raw', null, null, null, null);
select pgq.current_event_table('shared') is not null as named;
select pgq.create_queue('made');
select pgq.register_consumer('shared', 'writer');
select pgq.next_batch('shared', 'reader');
select pgq.ticker();
select pgq.drop_queue('shared');
select count(*) from pgq.event_template;
select queue_name from pgq.get_queue_info();
select queue_name from pgq.queue;
select pgq.version() >= '3.5';

set role script_reader;
select pgq.register_consumer('shared', 'reader');
select pgq.force_tick('shared') > 0 as asked;
reset role;
select pgq.insert_event('shared', 'a', 'by the owner') > 0 as inserted;
select pgq.ticker('shared') > 0 as ticked;
set role script_reader;
select pgq.next_batch('shared', 'reader') as batch \gset
select ev_data from pgq.get_batch_events(:batch);
begin;
select ev_data from pgq.get_batch_cursor(:batch, 'c', 10);
commit;
select consumer_name from pgq.get_batch_info(:batch);
select pgq.event_retry(:batch, 0, 0);
select pgq.finish_batch(:batch);
select consumer_name from pgq.get_consumer_info();
select pgq.insert_event('shared', 'a', 'by the reader');
select pgq.create_queue('made');
select pgq.set_queue_config('shared', 'ticker_max_lag', '0');
select pgq.maint_rotate_tables_step1('shared');
select pgq.maint_retry_events();
update pgq.queue set queue_ticker_paused = true;
delete from pgq.subscription;
insert into pgq.event_template (ev_id, ev_time) values (1, now());
truncate pgq.tick;
select pgq.unregister_consumer('shared', 'reader');

set role script_nobody;
select pgq.insert_event('shared', 'a', 'by nobody');
select pgq.register_consumer('shared', 'nobody');
select pgq.create_queue('made');
select count(*) from pgq.event_template;
select queue_name from pgq.queue;
select queue_name from pgq.get_queue_info();
reset role;
select pgq.drop_queue('shared');
