-- Rotation of the event tables, and what else must be done from time to time.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.maint_rotate_tables_step1(i_queue_name) -> int4
--     Empties the next event table and makes it the current one, when the rotation period is over and no consumer needs
--     what is in it. It postpones itself, and the next run tries again, when
--       * another session locks the queue's row (registration, another rotation), or somebody uses the next table, a
--         pg_dump for instance: it never waits for a lock, so nobody ever waits behind it;
--       * some consumer's last tick began before the previous rotation was over: its batches can still lie in the
--         previous table, which would become the next one;
--       * the table to empty has an event that the slowest consumer has not passed. This looks at the rows themselves,
--         with a snapshot taken under the lock: it also holds for a writer that used a stale table number.
--     Writers are not touched: they use the current table, and learn of the new one with their next statement.
-- Result: 0.
-- Errors: PQ005; PQ004 when the last tick of a consumer is gone; PQ006.
-- Called by: maintenance (pgqd, MAINTAIN, pgq_client.maintain).
-- ----------------------------------------------------------------------
create or replace function pgq.maint_rotate_tables_step1(i_queue_name text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q        pgq.queue;
    slowest  pgq.tick;
    next_no  int4;
    next_tbl text;
    max_txid bigint;
begin
    perform pgq_client.require_read_committed('pgq.maint_rotate_tables_step1');
    select * into q from pgq.queue
     where queue_name = i_queue_name
       and queue_switch_step2 is not null
       and queue_switch_time + queue_rotation_period < current_timestamp
       for no key update skip locked;
    if not found then
        return 0;
    end if;
    if txid_current() < q.queue_switch_step1 then
        raise exception 'queue % maint failure: step1=%, current=%', i_queue_name, q.queue_switch_step1, txid_current()
            using errcode = 'PQ006';
    end if;

    perform pgq_client.park_consumers(q);
    slowest := pgq_client.slowest_tick(q);
    if txid_snapshot_xmin(slowest.tick_snapshot) <= q.queue_switch_step2 then
        return 0;
    end if;
    next_no := (q.queue_cur_table + 1) % q.queue_ntables;
    next_tbl := pgq.quote_fqname(q.queue_data_pfx || '_' || next_no);
    begin
        execute 'lock table ' || next_tbl || ' in access exclusive mode nowait';
    exception when lock_not_available then
        return 0;
    end;
    if pgq_client.has_event_after(array[next_tbl], slowest.tick_snapshot) then
        return 0;
    end if;
    execute 'select max(ev_txid) from ' || next_tbl into max_txid;
    execute 'truncate ' || next_tbl;
    perform pgq_client.set_event_table_no(q.queue_id, next_no);
    update pgq.queue
       set queue_cur_table = next_no, queue_switch_time = current_timestamp,
           queue_switch_step1 = txid_current(), queue_switch_step2 = null
     where queue_id = q.queue_id;

    -- Ticks whose batches would reach into what was emptied go: nobody can register there any more. The newest tick
    -- stays, and every consumer's.
    delete from pgq.tick t
     where t.tick_queue = q.queue_id
       and (txid_snapshot_xmin(t.tick_snapshot) < q.queue_switch_step2 or txid_snapshot_xmin(t.tick_snapshot) <= max_txid)
       and t.tick_id < (select max(n.tick_id) from pgq.tick n where n.tick_queue = q.queue_id)
       and t.tick_id < coalesce(slowest.tick_id, t.tick_id + 1);
    return 0;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.slowest_tick(i_queue) -> pgq.tick
--     The last tick of the consumer that is furthest behind, parked ones aside; null without consumers.
-- Errors: PQ004 when it is gone.
-- ----------------------------------------------------------------------
create or replace function pgq_client.slowest_tick(i_queue pgq.queue) returns pgq.tick
language plpgsql as $$
declare
    lowest bigint := (select min(s.sub_last_tick) from pgq.subscription s
                       where s.sub_queue = i_queue.queue_id
                         and not exists (select from pgq_client.parked_consumer p
                                          where p.queue_id = s.sub_queue and p.consumer_id = s.sub_consumer
                                            and p.tick_id = s.sub_last_tick));
    t      pgq.tick;
begin
    select * into t from pgq.tick where tick_queue = i_queue.queue_id and tick_id = lowest;
    if lowest is not null and not found then
        raise exception 'queue % maint failure: tick % not found', i_queue.queue_name, lowest using errcode = 'PQ004';
    end if;
    return t;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.maint_rotate_tables_step2() -> int4
--     Records that a rotation is visible. Must run in a later transaction than step 1: whoever has a greater transaction
--     id than this one writes to the new table.
-- Result: 0.
-- ----------------------------------------------------------------------
create or replace function pgq.maint_rotate_tables_step2() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update pgq.queue set queue_switch_step2 = txid_current()
     where queue_id in (select queue_id from pgq.queue
                         where queue_switch_step2 is null and queue_switch_step1 <> txid_current()
                         order by queue_id for no key update skip locked);
    return 0;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.maint_tables_to_vacuum() -> setof text
--     Tables that want frequent vacuuming, when autovacuum is off.
-- ----------------------------------------------------------------------
create or replace function pgq.maint_tables_to_vacuum() returns setof text
language sql set search_path = pg_catalog, pg_temp as $$
    select n.nspname || '.' || c.relname
      from (values ('pgq', 'subscription'), ('pgq', 'consumer'), ('pgq', 'queue'), ('pgq', 'tick'),
                   ('pgq', 'retry_queue'), ('pgq_client', 'queue_setting'), ('pgq_ext', 'completed_tick'),
                   ('pgq_ext', 'completed_batch'), ('pgq_ext', 'completed_event'), ('pgq_ext', 'partial_batch'),
                   ('pgq_node', 'local_state'), ('londiste', 'seq_info'), ('londiste', 'completed'))
           as t (schema_name, table_name)
      join pg_namespace n on n.nspname = t.schema_name
      join pg_class c on c.relnamespace = n.oid and c.relname = t.table_name
     where current_setting('autovacuum') <> 'on'
$$;

-- ----------------------------------------------------------------------
-- pgq.maint_operations() -> setof (func_name, func_arg)
--     What maintenance has to call now, each in a transaction of its own; 'vacuum' stands for the command. A function
--     that returns a positive number wants to be called again at once.
-- Called by: pgqd, MAINTAIN.
-- ----------------------------------------------------------------------
create or replace function pgq.maint_operations(out func_name text, out func_arg text) returns setof record
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    rotating boolean := false;
begin
    func_name := 'pgq.maint_rotate_tables_step1';
    for func_arg in
        select queue_name from pgq.queue
         where queue_switch_step2 is not null and queue_switch_time + queue_rotation_period < current_timestamp
         order by 1
    loop
        rotating := true;
        return next;
    end loop;
    if rotating or exists (select from pgq.queue where queue_switch_step2 is null) then
        func_name := 'pgq.maint_rotate_tables_step2';
        func_arg := null;
        return next;
    end if;

    return query select unnest(queue_extra_maint), queue_name from pgq.queue order by queue_name;
    return query select 'vacuum', t from pgq.maint_tables_to_vacuum() t;
    return query
        select format('%I.%I', n.nspname, p.proname), null::text
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = 'londiste' and p.proname = 'periodic_maintenance' and p.pronargs = 0;
end
$$;

end $pgq$;
