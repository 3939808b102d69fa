-- Mirror queues: a subscriber copies the queue that it follows into one of its own, event by event and tick by tick, and so is
-- a provider to others. The events of a batch are inserted in the transaction that applies the batch. A tick there would not
-- see them, so the mirror's tick comes after its commit; after a crash in between the missing one comes first (C37). Up to
-- where it has the events is written in that transaction too: nothing may be left out between two batches.

-- ----------------------------------------------------------------------
-- Function: londiste.create_mirror(source queue, mirror queue)
--
--      Makes a queue that is filled by the replay of the source queue only. 1 = done, 0 = it was so.
-- Raises LD009: a queue of this name is something else, or the source has another mirror.
-- ----------------------------------------------------------------------
create or replace function londiste.create_mirror(i_source text, i_mirror text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
begin
    if exists (select from londiste.link where source = i_source and dest = i_mirror) then
        return 0;
    end if;
    if exists (select from londiste.link where source = i_source or dest = i_mirror) then
        raise exception 'queue % or its mirror % is linked to another queue already', i_source, i_mirror using errcode = 'LD009';
    end if;
    if pgq.create_queue(i_mirror) = 0 then
        raise exception 'queue % exists, so it cannot become a mirror of %', i_mirror, i_source
            using errcode = 'LD009', hint = 'Choose another name; if it was promoted, end the replay that filled it.';
    end if;
    perform pgq.set_queue_config(i_mirror, 'external_ticker', 'true');
    perform pgq_client.set_captured(i_mirror, true);
    insert into londiste.link (source, dest) values (i_source, i_mirror);
    return 1;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.mirror_events(mirror, ids, times, types, data, extras 1 to 4)
--
--      Events as they are, ids and times included, in the caller's transaction, which keeps the mirror from being promoted
--      until it ends. What an EXECUTE event says was checked when the script ran here; it is remembered, since those who
--      follow the mirror ask for it here.
-- Raises LD007: the queue is no mirror any more.
-- ----------------------------------------------------------------------
create or replace function londiste.mirror_events(
    i_mirror text, i_ids bigint[], i_times timestamptz[], i_types text[], i_data text[],
    i_extra1 text[], i_extra2 text[], i_extra3 text[], i_extra4 text[])
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    queue integer := (select queue_id from pgq.queue where queue_name = i_mirror);
begin
    perform 1 from londiste.link where dest = i_mirror for key share;
    if not found then
        raise exception 'Queue % is no mirror any more, and takes no events of another queue', i_mirror
            using errcode = 'LD007', hint = 'If it was promoted, end the replay that filled it.';
    end if;
    execute format(
        'insert into %s (ev_id, ev_time, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4) '
        'select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)', londiste.event_table(queue))
    using i_ids, i_times, i_types, i_data, i_extra1, i_extra2, i_extra3, i_extra4;
    if 'EXECUTE' = any (i_types) then
        insert into londiste.executed_script (script_id, queue_name, script_name, script, script_hash, event_id)
        select (e.extra2::json ->> 'id')::bigint, i_mirror, e.extra1, e.data, londiste.script_hash(e.data), e.id
          from unnest(i_ids, i_types, i_data, i_extra1, i_extra2) as e (id, type, data, extra1, extra2)
         where e.type = 'EXECUTE'
        on conflict do nothing;
    end if;
end;
$$;

-- The last tick of the mirror; null when it has none.
create or replace function londiste.last_tick_of_mirror(i_mirror text)
returns bigint
language sql stable
set search_path = pg_catalog
as $$
    select max(t.tick_id) from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue where q.queue_name = i_mirror;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.begin_mirror(source queue, mirror queue, previous tick, time, event sequence)
--
--      Before a batch: makes the mirror, if need be, and the tick where the batch begins, if it is missing. Its own
--      transaction. A tick is missing after a crash; events are missing when the position was moved, or when the job was
--      replayed without its mirror, and that must not be closed by a tick.
-- Raises LD007: the mirror lacks events before the batch.
-- ----------------------------------------------------------------------
create or replace function londiste.begin_mirror(
    i_source text, i_mirror text, i_tick_id bigint, i_tick_time timestamptz, i_event_seq bigint)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    l londiste.link;
begin
    perform londiste.create_mirror(i_source, i_mirror);
    select * into l from londiste.link where source = i_source and dest = i_mirror for no key update;
    -- One that was made before the tick was written down is believed, unless it is ahead.
    if l.mirrored_tick is null and londiste.last_tick_of_mirror(i_mirror) > i_tick_id
        or (l.mirrored_tick, l.mirrored_tick_time) <> (i_tick_id, i_tick_time)
    then
        raise exception 'Mirror % has the events of queue % up to tick %, and was given the batch that begins at tick %: '
            'those who follow it would lack changes, or get them twice', i_mirror, i_source,
            coalesce(l.mirrored_tick, londiste.last_tick_of_mirror(i_mirror)), i_tick_id
            using errcode = 'LD007', hint = 'SUBSCRIBER_RESET with force lets the mirror begin anew there, and tells those '
                'who follow it that their position is lost: their tables must be copied again.';
    end if;
    perform londiste.mirror_tick(i_mirror, i_tick_id, i_tick_time, i_event_seq);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.end_mirror(source queue, mirror queue, previous tick, its time, tick, its time)
--
--      Last of the mirror in the transaction of a batch, which all its events have reached.
-- Raises LD007: the mirror was promoted, or begins elsewhere now.
-- ----------------------------------------------------------------------
create or replace function londiste.end_mirror(
    i_source text, i_mirror text, i_prev_tick_id bigint, i_prev_tick_time timestamptz, i_tick_id bigint, i_tick_time timestamptz)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    update londiste.link
       set mirrored_tick = i_tick_id, mirrored_tick_time = i_tick_time
     where source = i_source and dest = i_mirror
       and ((mirrored_tick, mirrored_tick_time) = (i_prev_tick_id, i_prev_tick_time) or mirrored_tick is null);
    if not found then
        raise exception 'Queue % is not the mirror of queue % any more, or does not stand at tick %', i_mirror, i_source,
            i_prev_tick_id using errcode = 'LD007', hint = 'If it was promoted, end the replay that filled it.';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.cut_mirror(source queue, tick, time)
--
--      The position of the source's job moves to that tick, or is forgotten when it is null. If the mirror has not just the
--      events up to there, its ticks go, and whoever follows it has a lost position instead of a gap: at a number that no
--      tick has, since those of the source may come again. Rotation does not wait for them.
-- Returns: 1, or 0 when there is no mirror, or nothing to cut.
-- ----------------------------------------------------------------------
create or replace function londiste.cut_mirror(i_source text, i_tick_id bigint, i_tick_time timestamptz)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    l londiste.link;
    queue integer;
begin
    select * into l from londiste.link where source = i_source for no key update;
    if not found
        or (l.mirrored_tick, l.mirrored_tick_time) = (i_tick_id, i_tick_time)
        or l.mirrored_tick is null and londiste.last_tick_of_mirror(l.dest) is not distinct from i_tick_id
    then
        return 0;
    end if;
    queue := (select queue_id from pgq.queue where queue_name = l.dest);
    update pgq.subscription
       set sub_last_tick = -sub_last_tick, sub_next_tick = -sub_next_tick
     where sub_queue = queue and sub_last_tick > 0;
    insert into pgq_client.parked_consumer (queue_id, consumer_id, tick_id, reason)
    select sub_queue, sub_consumer, sub_last_tick,
           format('the mirror of queue %s lacks events after tick %s', i_source, coalesce(l.mirrored_tick, -sub_last_tick))
      from pgq.subscription
     where sub_queue = queue and sub_last_tick < 0
    on conflict (queue_id, consumer_id) do update
       set tick_id = excluded.tick_id, parked_time = excluded.parked_time, reason = excluded.reason;
    delete from pgq.tick where tick_queue = queue;
    update londiste.link set mirrored_tick = null, mirrored_tick_time = null where source = i_source;
    return 1;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.mirror_tick(mirror, tick, time, event sequence)
--
--      The tick of the source queue, once. Its own transaction, after the one that brought the events.
-- Returns: 1, or 0 when the mirror has it, or does not have the events before it.
-- ----------------------------------------------------------------------
create or replace function londiste.mirror_tick(i_mirror text, i_tick_id bigint, i_tick_time timestamptz, i_event_seq bigint)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform 1 from londiste.link
      where dest = i_mirror
        and ((mirrored_tick, mirrored_tick_time) = (i_tick_id, i_tick_time) or mirrored_tick is null)
        for no key update;
    if not found or londiste.last_tick_of_mirror(i_mirror) >= i_tick_id then
        return 0;
    end if;
    perform pgq.ticker(i_mirror, i_tick_id, i_tick_time, i_event_seq);
    return 1;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.take_tick_wish(mirror)
--
--      Whether somebody has asked for a tick since the last call.
-- ----------------------------------------------------------------------
create or replace function londiste.take_tick_wish(i_mirror text)
returns boolean
language plpgsql
set search_path = pg_catalog
as $$
begin
    if not exists (select from londiste.link where dest = i_mirror and tick_wanted) then
        return false;
    end if;
    update londiste.link set tick_wanted = false where dest = i_mirror and tick_wanted;
    return found;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.mirror_problem(mirror, table)
--
--      Why the rows of the table here are not what the events of the mirror say; null when they are, or when the queue is
--      no mirror. Only then a copy of it can go on with those events, and can it be compared with one.
-- ----------------------------------------------------------------------
create or replace function londiste.mirror_problem(i_mirror text, i_table text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case
            when s.table_name is null then 'it is not replicated from queue ' || l.source
            when s.parked_reason is not null then 'it is parked'
            when s.merge_state is distinct from 'ok' or s.snapshot is not null then
                'it is not in sync yet: ' || coalesce(s.merge_state, 'NEW')
            when s.dest_table is not null or s.row_filter is not null or s.column_list is not null
                or s.column_expressions is not null then
                'it has another name or other rows here than on the provider'
        end
      from londiste.link l
      left join londiste.subscriber_table s on s.queue_name = l.source and s.table_name = i_table
     where l.dest = i_mirror;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.mirror_add_table(mirror, table, key, backup)
--
--      Registers a table of a mirror for those who follow it: without triggers, since its events are mirrored ones. Whether
--      its updates carry their old rows is decided where they are captured; i_backup says that they do.
-- ----------------------------------------------------------------------
drop function if exists londiste.mirror_add_table(text, text, text[]);
create or replace function londiste.mirror_add_table(i_mirror text, i_table text, i_key text[], i_backup boolean)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    problem text := londiste.mirror_problem(i_mirror, i_table);
    relation oid := londiste.table_oid(i_table);
begin
    if problem is not null then
        raise exception 'table % cannot be provided by the mirror %: %', i_table, i_mirror, problem
            using errcode = 'LD009', hint = 'Wait until SUBSCRIBER_TABLES shows it as ok.';
    end if;
    insert into londiste.provider_table (queue_name, table_name, relation, key_columns, named_key, capture, backup, columns, partitions)
    values (i_mirror, i_table, relation, londiste.key_columns(relation, i_key), i_key is not null, 'mirror', i_backup,
            londiste.table_columns(relation), londiste.leaf_partitions(relation))
    on conflict (queue_name, table_name) do nothing;
    return found::integer;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.refuse_mirror(queue)
--
--      For what makes events: those of a mirror come from the queue that it copies.
-- Raises LD009.
-- ----------------------------------------------------------------------
create or replace function londiste.refuse_mirror(i_queue text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    origin text := londiste.link_source(i_queue);
begin
    if origin is not null then
        raise exception 'queue % is a mirror of queue %: do this where that queue is filled, and it will come here', i_queue, origin
            using errcode = 'LD009';
    end if;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.mirror_position(mirror)
--
--      The tick that the rows here stand at, which is the last one of the mirror, or will be when its replay has made it:
--      whoever has applied it has everything that is committed here. Null when the queue is no mirror.
-- ----------------------------------------------------------------------
create or replace function londiste.mirror_position(i_mirror text)
returns bigint
language sql stable
set search_path = pg_catalog
as $$
    select max(c.last_tick_id)
      from londiste.completed c
     where c.queue_name = londiste.link_source(i_mirror)
       and not exists (select from londiste.subscriber_table s
                        where s.queue_name = c.queue_name and c.consumer_id like '%\_copy\_' || s.nr);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.tick_to_await(queue)
--
--      The tick after everything that is committed now: whoever has applied it has all of that. A mirror has the ticks of
--      the queue that it copies, and none is needed: its rows change with its position.
-- ----------------------------------------------------------------------
create or replace function londiste.tick_to_await(i_queue text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
begin
    if londiste.link_source(i_queue) is null then
        return pgq_client.tick_now(i_queue);
    end if;
    return coalesce(
        londiste.mirror_position(i_queue),
        londiste.last_tick_of_mirror(i_queue));
end;
$$;

create sequence if not exists londiste.resent_event_id minvalue -4611686018427387904 start with -4611686018427387904;

-- ----------------------------------------------------------------------
-- Function: londiste.pause_mirror(mirror)
--
--      Keeps the next batch from being mirrored until the end of the transaction, and waits for the tick of the one before:
--      an event that is inserted now comes after that batch and, by its small id, before the next.
-- Returns: the sequence of such ids.
-- Raises 55P03: the tick does not come within lock_timeout, since the replay does not run.
-- ----------------------------------------------------------------------
create or replace function londiste.pause_mirror(i_mirror text)
returns text
language plpgsql
set search_path = pg_catalog
as $$
declare
    patience constant interval := coalesce(nullif(current_setting('lock_timeout')::interval, interval '0'), '10 seconds');
    deadline constant timestamptz := clock_timestamp() + patience;
begin
    perform 1 from londiste.completed where queue_name = londiste.link_source(i_mirror) for share;
    while not exists (
        select from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue
         where q.queue_name = i_mirror and t.tick_id >= londiste.mirror_position(i_mirror))
    loop
        if clock_timestamp() > deadline then
            raise exception 'mirror % has not got the tick of its last batch within %: the replay that fills it does not run',
                i_mirror, patience using errcode = 'lock_not_available';
        end if;
        perform pg_sleep(0.01);
    end loop;
    return 'londiste.resent_event_id';
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.count_on(mirror)
--
--      Numbers of events and scripts go on after those that were mirrored: the events of the last batch may lack their tick.
-- ----------------------------------------------------------------------
create or replace function londiste.count_on(i_mirror text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    q pgq.queue;
    last_event bigint;
begin
    select * into q from pgq.queue where queue_name = i_mirror;
    execute format('select max(ev_id) from %s', pgq.quote_fqname(q.queue_data_pfx)) into last_event;
    perform pgq.seq_setval(q.queue_event_seq, last_event) where last_event > 0;
    perform setval('londiste.executed_script_script_id_seq', greatest(max(script_id), nextval('londiste.executed_script_script_id_seq')))
       from londiste.executed_script
     having count(*) > 0;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.promote_mirror(mirror)
--
--      The mirror becomes a queue of its own: its tables get capture triggers, and neither they nor sequences are
--      replicated from elsewhere any more. Those who follow it notice nothing, except for tables that are not in sync
--      here: their rows are not what was sent, so they are removed, and those who follow keep theirs. A batch that is
--      being applied is waited for, and a later one is refused, whoever comes with it (C17). For the fail-over to this
--      database.
-- Returns: how many tables are captured now.
-- ----------------------------------------------------------------------
create or replace function londiste.promote_mirror(i_mirror text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    from_queue text := londiste.link_source(i_mirror);
    t londiste.provider_table;
    left_out text[];
    captured integer := 0;
begin
    perform 1 from londiste.completed where queue_name = from_queue order by consumer_id for update;
    left_out := array(
        select p.table_name from londiste.provider_table p
         where p.queue_name = i_mirror and londiste.mirror_problem(i_mirror, p.table_name) is not null);
    delete from londiste.link where dest = i_mirror;
    if not found then
        if exists (select from pgq.queue where queue_name = i_mirror) then
            return 0;
        end if;
        raise exception 'no such queue: %', i_mirror using errcode = 'PQ001';
    end if;
    delete from londiste.completed where queue_name = from_queue;
    delete from londiste.subscriber_seq where queue_name = from_queue;
    perform londiste.give_indexes_back(coalesce(s.dest_table, s.table_name))
       from londiste.subscriber_table s
      where s.queue_name = from_queue and londiste.find_table_oid(coalesce(s.dest_table, s.table_name)) is not null;
    perform londiste.subscriber_remove_table(from_queue, s.table_name)
       from londiste.subscriber_table s where s.queue_name = from_queue;
    perform londiste.count_on(i_mirror);
    for t in select * from londiste.provider_table where queue_name = i_mirror order by nr loop
        if t.table_name = any (left_out) then
            delete from londiste.provider_table where nr = t.nr;
            perform londiste.notify_tables(i_mirror, t.table_name);
            continue;
        end if;
        execute format('lock table %s in share row exclusive mode', t.relation);
        perform londiste.deny_writes(t.table_name, false);
        update londiste.provider_table
           set capture = 'row', trigger_name = format('!londiste_%s', nr), columns = londiste.table_columns(relation),
               partitions = londiste.leaf_partitions(relation)
         where nr = t.nr
        returning * into t;
        perform londiste.create_capture(t);
        captured := captured + 1;
    end loop;
    perform pgq.set_queue_config(i_mirror, 'external_ticker', 'false');
    return captured;
end;
$$;
