package dev.londiste.sql.pgq;

import java.util.List;

/** The functions of PgQ 3.5, as the extension's catalog has them. */
final class PgqSignatures {

    private PgqSignatures() {}

    static final List<String> OF_3_5 = List.of(
            "_grant_perms_from(src_schema text, src_table text, dst_schema text, dst_table text) integer",
            "batch_event_sql(x_batch_id bigint) text",
            "batch_event_tables(x_batch_id bigint) SETOF text",
            "batch_retry(i_batch_id bigint, i_retry_seconds integer) integer",
            "create_queue(i_queue_name text) integer",
            "current_event_table(x_queue_name text) text",
            "drop_queue(x_queue_name text) integer",
            "drop_queue(x_queue_name text, x_force boolean) integer",
            "event_retry(x_batch_id bigint, x_event_id bigint, x_retry_seconds integer) integer",
            "event_retry(x_batch_id bigint, x_event_id bigint, x_retry_time timestamp with time zone) integer",
            "event_retry_raw(x_queue text, x_consumer text, x_retry_after timestamp with time zone, x_ev_id bigint, x_ev_time timestamp with time zone, x_ev_retry integer, x_ev_type text, x_ev_data text, x_ev_extra1 text, x_ev_extra2 text, x_ev_extra3 text, x_ev_extra4 text) bigint",
            "find_tick_helper(i_queue_id integer, i_prev_tick_id bigint, i_prev_tick_time timestamp with time zone, i_prev_tick_seq bigint, i_min_count bigint, i_min_interval interval, OUT next_tick_id bigint, OUT next_tick_time timestamp with time zone, OUT next_tick_seq bigint) record",
            "finish_batch(x_batch_id bigint) integer",
            "force_tick(i_queue_name text) bigint",
            "get_batch_cursor(i_batch_id bigint, i_cursor_name text, i_quick_limit integer, OUT ev_id bigint, OUT ev_time timestamp with time zone, OUT ev_txid bigint, OUT ev_retry integer, OUT ev_type text, OUT ev_data text, OUT ev_extra1 text, OUT ev_extra2 text, OUT ev_extra3 text, OUT ev_extra4 text) SETOF record",
            "get_batch_cursor(i_batch_id bigint, i_cursor_name text, i_quick_limit integer, i_extra_where text, OUT ev_id bigint, OUT ev_time timestamp with time zone, OUT ev_txid bigint, OUT ev_retry integer, OUT ev_type text, OUT ev_data text, OUT ev_extra1 text, OUT ev_extra2 text, OUT ev_extra3 text, OUT ev_extra4 text) SETOF record",
            "get_batch_events(x_batch_id bigint, OUT ev_id bigint, OUT ev_time timestamp with time zone, OUT ev_txid bigint, OUT ev_retry integer, OUT ev_type text, OUT ev_data text, OUT ev_extra1 text, OUT ev_extra2 text, OUT ev_extra3 text, OUT ev_extra4 text) SETOF record",
            "get_batch_info(x_batch_id bigint, OUT queue_name text, OUT consumer_name text, OUT batch_start timestamp with time zone, OUT batch_end timestamp with time zone, OUT prev_tick_id bigint, OUT tick_id bigint, OUT lag interval, OUT seq_start bigint, OUT seq_end bigint) record",
            "get_consumer_info(OUT queue_name text, OUT consumer_name text, OUT lag interval, OUT last_seen interval, OUT last_tick bigint, OUT current_batch bigint, OUT next_tick bigint, OUT pending_events bigint) SETOF record",
            "get_consumer_info(i_queue_name text, OUT queue_name text, OUT consumer_name text, OUT lag interval, OUT last_seen interval, OUT last_tick bigint, OUT current_batch bigint, OUT next_tick bigint, OUT pending_events bigint) SETOF record",
            "get_consumer_info(i_queue_name text, i_consumer_name text, OUT queue_name text, OUT consumer_name text, OUT lag interval, OUT last_seen interval, OUT last_tick bigint, OUT current_batch bigint, OUT next_tick bigint, OUT pending_events bigint) SETOF record",
            "get_queue_info(OUT queue_name text, OUT queue_ntables integer, OUT queue_cur_table integer, OUT queue_rotation_period interval, OUT queue_switch_time timestamp with time zone, OUT queue_external_ticker boolean, OUT queue_ticker_paused boolean, OUT queue_ticker_max_count integer, OUT queue_ticker_max_lag interval, OUT queue_ticker_idle_period interval, OUT ticker_lag interval, OUT ev_per_sec double precision, OUT ev_new bigint, OUT last_tick_id bigint) SETOF record",
            "get_queue_info(i_queue_name text, OUT queue_name text, OUT queue_ntables integer, OUT queue_cur_table integer, OUT queue_rotation_period interval, OUT queue_switch_time timestamp with time zone, OUT queue_external_ticker boolean, OUT queue_ticker_paused boolean, OUT queue_ticker_max_count integer, OUT queue_ticker_max_lag interval, OUT queue_ticker_idle_period interval, OUT ticker_lag interval, OUT ev_per_sec double precision, OUT ev_new bigint, OUT last_tick_id bigint) SETOF record",
            "grant_perms(x_queue_name text) integer",
            "insert_event(queue_name text, ev_type text, ev_data text) bigint",
            "insert_event(queue_name text, ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text) bigint",
            "insert_event_raw(queue_name text, ev_id bigint, ev_time timestamp with time zone, ev_owner integer, ev_retry integer, ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text) bigint",
            "maint_operations(OUT func_name text, OUT func_arg text) SETOF record",
            "maint_retry_events() integer",
            "maint_rotate_tables_step1(i_queue_name text) integer",
            "maint_rotate_tables_step2() integer",
            "maint_tables_to_vacuum() SETOF text",
            "next_batch(i_queue_name text, i_consumer_name text) bigint",
            "next_batch_custom(i_queue_name text, i_consumer_name text, i_min_lag interval, i_min_count integer, i_min_interval interval, OUT batch_id bigint, OUT cur_tick_id bigint, OUT prev_tick_id bigint, OUT cur_tick_time timestamp with time zone, OUT prev_tick_time timestamp with time zone, OUT cur_tick_event_seq bigint, OUT prev_tick_event_seq bigint) record",
            "next_batch_info(i_queue_name text, i_consumer_name text, OUT batch_id bigint, OUT cur_tick_id bigint, OUT prev_tick_id bigint, OUT cur_tick_time timestamp with time zone, OUT prev_tick_time timestamp with time zone, OUT cur_tick_event_seq bigint, OUT prev_tick_event_seq bigint) record",
            "quote_fqname(i_name text) text",
            "register_consumer(x_queue_name text, x_consumer_id text) integer",
            "register_consumer_at(x_queue_name text, x_consumer_name text, x_tick_pos bigint) integer",
            "seq_getval(i_seq_name text) bigint",
            "seq_setval(i_seq_name text, i_new_value bigint) bigint",
            "set_queue_config(x_queue_name text, x_param_name text, x_param_value text) integer",
            "ticker() bigint",
            "ticker(i_queue_name text) bigint",
            "ticker(i_queue_name text, i_tick_id bigint, i_orig_timestamp timestamp with time zone, i_event_seq bigint) bigint",
            "jsontriga() trigger",
            "logutriga() trigger",
            "sqltriga() trigger",
            "tune_storage(i_queue_name text) integer",
            "unregister_consumer(x_queue_name text, x_consumer_name text) integer",
            "upgrade_schema() integer",
            "version() text");
}
