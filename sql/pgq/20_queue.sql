-- Creating, configuring and dropping queues.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.create_queue(i_queue_name) -> int4
--     Creates a queue: event tables with an index on ev_txid, sequences, the function pgq.event_table_no_<id>() that
--     names the current table to capture triggers, and the first tick.
-- Result: 1 created, 0 exists already.
-- Errors: 'Invalid NULL value'.
-- ----------------------------------------------------------------------
create or replace function pgq.create_queue(i_queue_name text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    id     integer;
    parent text;
begin
    if i_queue_name is null then
        raise exception 'Invalid NULL value' using errcode = 'null_value_not_allowed';
    end if;
    if exists (select from pgq.queue where queue_name = i_queue_name) then
        return 0;
    end if;

    id := nextval('pgq.queue_queue_id_seq');
    parent := 'event_' || id;
    -- Waits for a session that is creating the same queue now.
    insert into pgq.queue (queue_id, queue_name, queue_data_pfx, queue_event_seq, queue_tick_seq)
    values (id, i_queue_name, 'pgq.' || parent, 'pgq.' || parent || '_id_seq', 'pgq.' || parent || '_tick_seq')
    on conflict (queue_name) do nothing;
    if not found then
        return 0;
    end if;
    insert into pgq_client.queue_setting (queue_id) values (id);

    execute format('create sequence pgq.%I', parent || '_tick_seq');
    execute format('create sequence pgq.%I', parent || '_id_seq');
    execute format('create table pgq.%I () inherits (pgq.event_template)', parent);
    for i in 0 .. 2 loop
        execute format('create table pgq.%I () inherits (pgq.%I)', parent || '_' || i, parent);
        execute format('alter table pgq.%I alter column ev_id set default nextval(%L)',
            parent || '_' || i, 'pgq.' || parent || '_id_seq');
        execute format('create index %I on pgq.%I (ev_txid)', parent || '_' || i || '_txid_idx', parent || '_' || i);
    end loop;
    perform pgq_client.set_event_table_no(id, 0);

    perform pgq.grant_perms(i_queue_name);
    perform pgq_client.insert_tick(id);
    perform pgq.tune_storage(i_queue_name);
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq_client.set_event_table_no(i_queue_id, i_number)
--     Makes pgq.event_table_no_<id>() return the number of the current event table. Plans inline the function, and
--     learn of a replacement with their next statement, in REPEATABLE READ too: a snapshot does not make it stale.
-- Called by: create_queue, maint_rotate_tables_step1.
-- ----------------------------------------------------------------------
create or replace function pgq_client.set_event_table_no(i_queue_id int4, i_number int4) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    execute format('create or replace function pgq.event_table_no_%s() returns int4'
        || ' language sql immutable parallel safe as %L', i_queue_id, 'select ' || i_number);
end
$$;

-- A queue of an older installation gets its function now.
perform pgq_client.set_event_table_no(q.queue_id, q.queue_cur_table)
   from (select queue_id, queue_cur_table from pgq.queue
          where to_regprocedure(format('pgq.event_table_no_%s()', queue_id)) is null
          order by queue_id for no key update) q;

-- ----------------------------------------------------------------------
-- pgq.drop_queue(x_queue_name [, x_force]) -> int4
--     Drops a queue with its events; x_force unregisters its consumers first. A queue that carries captured tables stays
--     even so: without it every write to those tables would fail.
-- Result: 1.
-- Errors: PQ001 'No such event queue'; 'cannot drop queue, consumers still attached'; 'cannot drop queue, it carries
--     captured tables'.
-- ----------------------------------------------------------------------
create or replace function pgq.drop_queue(x_queue_name text, x_force bool) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    select * into q from pgq.queue where queue_name = x_queue_name for update;
    if not found then
        raise exception 'No such event queue' using errcode = 'PQ001', detail = format('Queue: %s', x_queue_name);
    end if;
    if exists (select from pgq_client.queue_setting where queue_id = q.queue_id and captured) then
        raise exception 'cannot drop queue, it carries captured tables' using errcode = 'object_in_use',
            detail = format('Queue: %s. Every write to its tables would fail.', x_queue_name),
            hint = 'Remove its tables first, by provider remove or londiste.provider_remove_table(). Where their triggers'
                || ' are gone already: select pgq_client.set_captured(queue, false).';
    end if;
    if x_force then
        perform pgq.unregister_consumer(queue_name, consumer_name) from pgq.get_consumer_info(x_queue_name);
    elsif exists (select from pgq.subscription where sub_queue = q.queue_id) then
        raise exception 'cannot drop queue, consumers still attached' using errcode = 'object_in_use';
    end if;

    for i in 0 .. q.queue_ntables - 1 loop
        execute 'drop table ' || pgq.quote_fqname(q.queue_data_pfx || '_' || i);
    end loop;
    execute 'drop table ' || pgq.quote_fqname(q.queue_data_pfx);
    execute 'drop sequence ' || pgq.quote_fqname(q.queue_tick_seq);
    execute 'drop sequence ' || pgq.quote_fqname(q.queue_event_seq);
    execute format('drop function if exists pgq.event_table_no_%s()', q.queue_id);

    delete from pgq.retry_queue where ev_queue = q.queue_id;
    delete from pgq.tick where tick_queue = q.queue_id;
    delete from pgq_client.queue_setting where queue_id = q.queue_id;
    delete from pgq_client.parked_consumer where queue_id = q.queue_id;
    delete from pgq.queue where queue_id = q.queue_id;
    return 1;
end
$$;

create or replace function pgq.drop_queue(x_queue_name text) returns integer
language sql strict as $$ select pgq.drop_queue(x_queue_name, false) $$;

-- ----------------------------------------------------------------------
-- pgq.set_queue_config(x_queue_name, x_param_name, x_param_value) -> int4
--     Parameters: ticker_max_count, ticker_max_lag, ticker_idle_period, ticker_paused, rotation_period,
--     external_ticker.
-- Result: 1.
-- Errors: PQ001 'No such event queue'; 'cannot change parameter "..."'; 'Invalid NULL value'.
-- ----------------------------------------------------------------------
create or replace function pgq.set_queue_config(x_queue_name text, x_param_name text, x_param_value text)
returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if x_queue_name is null or x_param_name is null then
        raise exception 'Invalid NULL value' using errcode = 'null_value_not_allowed';
    end if;
    if not exists (select from pgq.queue where queue_name = x_queue_name) then
        raise exception 'No such event queue' using errcode = 'PQ001', detail = format('Queue: %s', x_queue_name);
    end if;
    if x_param_name not in ('ticker_max_count', 'ticker_max_lag', 'ticker_idle_period', 'ticker_paused',
            'rotation_period', 'external_ticker') then
        raise exception 'cannot change parameter "%"', x_param_name using errcode = 'invalid_parameter_value';
    end if;
    execute format('update pgq.queue set %I = %L where queue_name = %L',
        'queue_' || x_param_name, x_param_value, x_queue_name);
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.tune_storage(i_queue_name) -> int4
--     Event tables are only inserted into and truncated: full pages, no autovacuum.
-- Result: 1, or 0 when there is no such queue.
-- ----------------------------------------------------------------------
create or replace function pgq.tune_storage(i_queue_name text) returns integer
language plpgsql strict set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    select * into q from pgq.queue where queue_name = i_queue_name;
    if not found then
        return 0;
    end if;
    for i in 0 .. q.queue_ntables - 1 loop
        execute format('alter table %s set (fillfactor = 100, autovacuum_enabled = off, toast.autovacuum_enabled = off)',
            pgq.quote_fqname(q.queue_data_pfx || '_' || i));
    end loop;
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.grant_perms(x_queue_name) -> int4
--     Gives the queue's tables the rights of pgq.event_template; its sequences may be read by all.
-- Result: 1.
-- Errors: PQ001 'Queue not found'.
-- ----------------------------------------------------------------------
create or replace function pgq.grant_perms(x_queue_name text) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    q pgq.queue;
begin
    select * into q from pgq.queue where queue_name = x_queue_name;
    if not found then
        raise exception 'Queue not found' using errcode = 'PQ001', detail = format('Queue: %s', x_queue_name);
    end if;
    execute format('grant select on %s, %s to public',
        pgq.quote_fqname(q.queue_tick_seq), pgq.quote_fqname(q.queue_event_seq));
    if exists (select from pg_roles where rolname = 'pgq_admin') then
        execute format('grant usage on %s to pgq_admin', pgq.quote_fqname(q.queue_event_seq));
    end if;
    perform pgq._grant_perms_from('pgq', 'event_template', split_part(name, '.', 1), split_part(name, '.', 2))
        from (select q.queue_data_pfx
              union all select q.queue_data_pfx || '_' || i from generate_series(0, q.queue_ntables - 1) i) as t (name);
    return 1;
end
$$;

create or replace function pgq._grant_perms_from(src_schema text, src_table text, dst_schema text, dst_table text)
returns integer
language plpgsql strict set search_path = pg_catalog, pg_temp as $$
declare
    g record;
begin
    for g in
        select case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as role,
               a.privilege_type as privilege,
               case when a.is_grantable then ' with grant option' else '' end as option
          from pg_class c, aclexplode(c.relacl) a
         where c.oid = format('%I.%I', src_schema, src_table)::regclass
           and a.grantee <> c.relowner
    loop
        execute format('grant %s on %I.%I to %s%s', g.privilege, dst_schema, dst_table, g.role, g.option);
    end loop;
    return 1;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.upgrade_schema() -> int4
--     In PgQ the step from older table layouts; here the files of this folder do that.
-- Result: 0.
-- ----------------------------------------------------------------------
create or replace function pgq.upgrade_schema() returns int4
language sql as $$ select 0 $$;

end $pgq$;
