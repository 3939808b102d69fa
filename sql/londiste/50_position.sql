-- The position of a job on the subscriber: which tick its tables stand at. One row of londiste.completed a job, and one
-- for each copy that is catching up. A position is a tick's id, time and snapshot together: ids alone repeat after the
-- promotion of an asynchronous standby (C19).
--
-- Lock order of everything that changes a subscriber: completed, then subscriber_table, then the user's tables.

-- ----------------------------------------------------------------------
-- Function: londiste.begin_batch(consumer, queue, previous tick, tick)
--
--      First statement of every transaction that applies a batch: locks the job's position until the end of the
--      transaction and compares it with the batch (C17). A job without position starts at the batch's previous tick,
--      but only while no table of the queue is past NEW (C18).
--
-- Returns:
--      active  - the batch continues where the job stands
--      applied - the job stands at the end of the batch already
--      elsewhere - the job stands before the batch or after it; the consumer may be moved there if the provider still has
--                that very tick
-- Raises LD007: the position is lost.
-- ----------------------------------------------------------------------
create or replace function londiste.begin_batch(
    i_consumer text, i_queue text,
    i_prev_tick_id bigint, i_prev_tick_time timestamptz, i_prev_tick_snapshot text,
    i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns text
language plpgsql
set search_path = pg_catalog
as $$
declare
    position londiste.completed;
    table_past_new text;
begin
    select * into position from londiste.completed where consumer_id = i_consumer for update;
    if not found then
        -- Whoever gives the job a position meanwhile, with tables that go with it, is waited for.
        insert into londiste.completed (consumer_id, queue_name, last_tick_id, last_tick_time, last_tick_snapshot)
            values (i_consumer, i_queue, i_prev_tick_id, i_prev_tick_time, i_prev_tick_snapshot)
            on conflict (consumer_id) do nothing;
        if found then
            select s.table_name into table_past_new
              from londiste.subscriber_table s
             where s.queue_name = i_queue and s.merge_state is not null
             limit 1;
            if found then
                raise exception 'Job % has no position, but table % of queue % was already copied or is being copied',
                    i_consumer, table_past_new, i_queue
                    using errcode = 'LD007', hint = 'SUBSCRIBER_UNREGISTER sets all tables to NEW, so that they are copied again.';
            end if;
            return 'active';
        end if;
        select * into position from londiste.completed where consumer_id = i_consumer for update;
    end if;
    if position.queue_name is distinct from i_queue and position.queue_name is not null then
        raise exception 'Job % follows queue %, and was given a batch of queue %', i_consumer, position.queue_name, i_queue
            using errcode = 'LD007', hint = 'Use one consumer name for one queue.';
    end if;
    if londiste.is_tick(position, i_prev_tick_id, i_prev_tick_time, i_prev_tick_snapshot) then
        return 'active';
    end if;
    if londiste.is_tick(position, i_tick_id, i_tick_time, i_tick_snapshot) then
        return 'applied';
    end if;
    if position.last_tick_id not in (i_prev_tick_id, i_tick_id) then
        return 'elsewhere';
    end if;
    raise exception 'Job % stands at tick % of %, and was given the batch from tick % of % to %', i_consumer,
        position.last_tick_id, position.last_tick_time, i_prev_tick_id, i_prev_tick_time, i_tick_id
        using errcode = 'LD007', hint = 'The provider is not the one that the job followed. '
            'SUBSCRIBER_UNREGISTER sets all tables to NEW, so that they are copied again.';
end;
$$;

-- Whether the position is that very tick. Positions set by SkyTools know the id only.
create or replace function londiste.is_tick(
    i_position londiste.completed, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns boolean
language sql immutable
set search_path = pg_catalog
as $$
    select i_position.last_tick_id = i_tick_id
       and (i_position.last_tick_time is null or i_position.last_tick_time = i_tick_time)
       and (i_position.last_tick_snapshot is null or i_position.last_tick_snapshot = i_tick_snapshot);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.end_batch(consumer, tick)
--
--      Last statement of a transaction that began with begin_batch, or of a copy's own: moves the position.
-- ----------------------------------------------------------------------
create or replace function londiste.end_batch(
    i_consumer text, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    update londiste.completed
       set last_tick_id = i_tick_id, last_tick_time = i_tick_time, last_tick_snapshot = i_tick_snapshot
     where consumer_id = i_consumer;
    if not found then
        raise exception 'The position of job % has vanished', i_consumer using errcode = 'LD007';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.get_position(consumer)
--
--      Where the job stands; no row when it has no position.
-- ----------------------------------------------------------------------
create or replace function londiste.get_position(
    i_consumer text,
    out queue_name text, out tick_id bigint, out tick_time timestamptz, out tick_snapshot text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select c.queue_name, c.last_tick_id, c.last_tick_time, c.last_tick_snapshot
      from londiste.completed c
     where c.consumer_id = i_consumer;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.table_past_new(queue)
--
--      A table of the queue that a copy or the replay has touched already, or null.
-- ----------------------------------------------------------------------
create or replace function londiste.table_past_new(i_queue text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select s.table_name
      from londiste.subscriber_table s
     where s.queue_name = i_queue and s.merge_state is not null
     order by s.nr
     limit 1;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.start_position(consumer, queue, tick)
--
--      Gives a job its first position. 1 = done, 0 = it has one, which stays.
-- ----------------------------------------------------------------------
create or replace function londiste.start_position(
    i_consumer text, i_queue text, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
begin
    insert into londiste.completed (consumer_id, queue_name, last_tick_id, last_tick_time, last_tick_snapshot)
        values (i_consumer, i_queue, i_tick_id, i_tick_time, i_tick_snapshot)
    on conflict (consumer_id) do nothing;
    return found::integer;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.forget_position(consumer, queue)
--
--      All tables of the queue become NEW, and the positions of the job and of its copies go (C18): the next replay starts
--      where its consumer is registered then, and copies everything again. So must those who follow its mirror.
-- Returns: how many tables were past NEW.
-- ----------------------------------------------------------------------
create or replace function londiste.forget_position(i_consumer text, i_queue text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    tables integer;
begin
    perform 1 from londiste.completed where consumer_id = i_consumer for update;
    delete from londiste.completed c
     where c.consumer_id = i_consumer
        or c.consumer_id in (select i_consumer || '_copy_' || s.nr from londiste.subscriber_table s
                              where s.queue_name = i_queue);
    update londiste.subscriber_table
       set merge_state = null, snapshot = null, parked_reason = null
     where queue_name = i_queue and merge_state is not null;
    get diagnostics tables = row_count;
    perform londiste.cut_mirror(i_queue, null, null);
    return tables;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.reset_position(consumer, queue, tick, force)
--
--      Moves the job to a tick of the provider, whatever it stood at. What lies between is skipped, or comes a second
--      time: refused while a table is past NEW, unless forced. Waits for a batch that is being applied. A mirror that does
--      not stand there begins there anew, and those who follow it have lost their position; with force also when the job
--      itself stands there.
-- Returns: 1, or 0 when it stands there already.
-- Raises LD009: a table is past NEW.
-- ----------------------------------------------------------------------
create or replace function londiste.reset_position(
    i_consumer text, i_queue text, i_tick_id bigint, i_tick_time timestamptz, i_tick_snapshot text, i_force boolean)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    position londiste.completed;
begin
    select * into position from londiste.completed where consumer_id = i_consumer for update;
    if found and londiste.is_tick(position, i_tick_id, i_tick_time, i_tick_snapshot) then
        return case when i_force then londiste.cut_mirror(i_queue, i_tick_id, i_tick_time) else 0 end;
    end if;
    if not i_force and londiste.table_past_new(i_queue) is not null then
        raise exception 'Job % stands at tick %, and table % has been copied: at tick % it would lack changes, or get them twice',
            i_consumer, coalesce(position.last_tick_id::text, 'none'), londiste.table_past_new(i_queue), i_tick_id
            using errcode = 'LD009',
                hint = 'SUBSCRIBER_REWIND moves the consumer instead. With force the position moves; compare the tables then.';
    end if;
    insert into londiste.completed (consumer_id, queue_name, last_tick_id, last_tick_time, last_tick_snapshot)
        values (i_consumer, i_queue, i_tick_id, i_tick_time, i_tick_snapshot)
    on conflict (consumer_id) do update
        set queue_name = i_queue, last_tick_id = i_tick_id, last_tick_time = i_tick_time, last_tick_snapshot = i_tick_snapshot;
    perform londiste.cut_mirror(i_queue, i_tick_id, i_tick_time);
    return 1;
end;
$$;
