-- What the replay does beside applying rows, in the transaction of the batch.

-- ----------------------------------------------------------------------
-- Function: londiste.unregistered_by(queue, list, removed table, transaction)
--
--      The tables that a T event of the provider takes from this subscriber: the one that it names, or without such a name
--      (SkyTools) all that its list lacks; in either case only tables that were registered here before the event (C20). A
--      table whose registration does not tell when it was is removed by name only.
-- ----------------------------------------------------------------------
create or replace function londiste.unregistered_by(i_queue text, i_list text, i_removed text, i_txid bigint)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select s.table_name
      from londiste.subscriber_table s
     where s.queue_name = i_queue
       and case when i_removed is null then
                    s.table_name <> all (string_to_array(coalesce(i_list, ''), ',')) and s.added_snapshot is not null
                else s.table_name = i_removed end
       and (s.added_snapshot is null or not txid_visible_in_snapshot(i_txid, s.added_snapshot::txid_snapshot));
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.follow_sequence(queue, sequence, last value, is called)
--
--      Sets a registered sequence to where the provider's stood after the batch was fetched (C38).
-- Returns: 1, or 0 when it is not registered here.
-- ----------------------------------------------------------------------
create or replace function londiste.follow_sequence(i_queue text, i_seq text, i_last_value bigint, i_is_called boolean)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
begin
    if not exists (select from londiste.subscriber_seq where queue_name = i_queue and seq_name = i_seq) then
        return 0;
    end if;
    perform setval(londiste.find_seq_oid(i_seq)::regclass, i_last_value, i_is_called);
    return 1;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.subscriber_fkeys(queue)
--
--      Foreign keys from and to the queue's tables: pending, because a copy dropped them, or active; and pending ones whose
--      tables were removed since.
-- ----------------------------------------------------------------------
create or replace function londiste.subscriber_fkeys(
    i_queue text,
    out from_table text, out to_table text, out fkey_name text, out state text, out fkey_def text, out last_error text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select f.from_table, f.to_table, f.fkey_name, 'pending', f.fkey_def, f.last_error
      from londiste.subscriber_pending_fkeys f
     where londiste.is_left_behind(f)
        or exists (select from londiste.subscriber_table s
                    where s.queue_name = i_queue
                      and coalesce(s.dest_table, s.table_name) in (f.from_table, f.to_table))
    union all
    select distinct f.from_table, f.to_table, f.fkey_name, 'active', f.fkey_def, null
      from londiste.subscriber_table s, londiste.find_table_fkeys(coalesce(s.dest_table, s.table_name)) f
     where s.queue_name = i_queue
       and not exists (select from londiste.subscriber_pending_fkeys p
                        where p.from_table = f.from_table and p.fkey_name = f.fkey_name)
     order by 1, 3;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.subscriber_triggers(queue)
--
--      Triggers of the queue's tables: pending, because they were put aside, or active.
-- ----------------------------------------------------------------------
create or replace function londiste.subscriber_triggers(
    i_queue text, out table_name text, out trigger_name text, out state text, out trigger_def text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select t.table_name, t.trigger_name, 'pending', t.trigger_def
      from londiste.subscriber_pending_triggers t
     where exists (select from londiste.subscriber_table s
                    where s.queue_name = i_queue and coalesce(s.dest_table, s.table_name) = t.table_name)
    union all
    select t.table_name, t.trigger_name, 'active', t.trigger_def
      from londiste.subscriber_table s, londiste.find_table_triggers(coalesce(s.dest_table, s.table_name)) t
     where s.queue_name = i_queue
     order by 1, 2;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.give_back_for_script(queue, tables)
--
--      What was put aside of tables that a script is about to change stands while it runs: the script may drop it, or rename
--      what its saved definition names. Foreign keys to a table that is being copied stay aside, for its locks; indexes
--      are those of a copy that ended in parking.
-- Returns: the foreign keys that stand, to be put aside again: table, name, table, name, ...
-- ----------------------------------------------------------------------
create or replace function londiste.give_back_for_script(i_queue text, i_tables text[])
returns text[]
language plpgsql
set search_path = pg_catalog
as $$
declare
    standing text[] := '{}';
    parked record;
    fkey record;
begin
    for parked in
        select coalesce(s.dest_table, s.table_name) as dest, s.skip_truncate
          from londiste.subscriber_table s
         where s.queue_name = i_queue and s.table_name = any (i_tables) and s.parked_reason is not null
           and londiste.find_table_oid(coalesce(s.dest_table, s.table_name)) is not null
           and exists (select from londiste.subscriber_pending_indexes p where p.table_name = coalesce(s.dest_table, s.table_name))
    loop
        if parked.skip_truncate is not true then
            perform londiste.empty_table(parked.dest);
        end if;
        perform londiste.give_indexes_back(parked.dest);
    end loop;
    for fkey in
        select f.from_table, f.fkey_name
          from londiste.subscriber_pending_fkeys f
         where not f.restored
           and exists (select from londiste.subscriber_table s
                        where s.queue_name = i_queue and s.table_name = any (i_tables)
                          and coalesce(s.dest_table, s.table_name) in (f.from_table, f.to_table))
           and not exists (select from londiste.subscriber_table s
                            where coalesce(s.dest_table, s.table_name) in (f.from_table, f.to_table)
                              and s.merge_state <> 'ok' and s.parked_reason is null)
    loop
        begin
            perform londiste.subscriber_restore_table_fkey(fkey.from_table, fkey.fkey_name);
            standing := standing || array[fkey.from_table, fkey.fkey_name];
        exception when others then
            raise warning 'Foreign key % of table % stays aside while a script runs: %', fkey.fkey_name, fkey.from_table, sqlerrm;
        end;
    end loop;
    return standing;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.put_aside_after_script(queue, tables, foreign keys)
--
--      The counterpart: what the script has left is saved as it is now, and what it dropped is forgotten.
-- ----------------------------------------------------------------------
create or replace function londiste.put_aside_after_script(i_queue text, i_tables text[], i_standing text[])
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.subscriber_drop_table_fkey(i_standing[n], i_standing[n + 1])
       from generate_series(1, cardinality(i_standing), 2) n
      where londiste.find_table_oid(i_standing[n]) is not null;
    -- One that the script renamed.
    perform londiste.put_fkeys_aside(i_queue, s.table_name)
       from londiste.subscriber_table s
      where s.queue_name = i_queue and s.table_name = any (i_tables)
        and (s.merge_state is distinct from 'ok' or s.parked_reason is not null);
    delete from londiste.subscriber_pending_fkeys f
     where f.restored
       and exists (select from londiste.subscriber_table s
                    where s.queue_name = i_queue and s.table_name = any (i_tables)
                      and coalesce(s.dest_table, s.table_name) in (f.from_table, f.to_table))
       and not exists (select from londiste.find_table_fkeys(f.from_table) k
                        where k.from_table = f.from_table and k.fkey_name = f.fkey_name);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.subscriber_execute(queue, script, tables)
--
--      Runs a script that was executed on the provider, with the caller's rights and search_path, in the transaction of the
--      batch, as its writer ran it: not as a replica. Tables of this database that are captured themselves, since it is a
--      provider too, have their triggers renewed.
--      i_tables - those that it touched on the provider; none of them is being copied
-- ----------------------------------------------------------------------
drop function if exists londiste.subscriber_execute(text);
create or replace function londiste.subscriber_execute(i_queue text, i_script text, i_tables text[])
returns void
language plpgsql
as $$
declare
    standing text[];
begin
    if current_setting('session_replication_role') = 'replica' then
        perform set_config('session_replication_role', 'origin', true);
    end if;
    standing := londiste.give_back_for_script(i_queue, i_tables);
    perform londiste.run_script(i_script);
    perform londiste.put_aside_after_script(i_queue, i_tables, standing);
    perform londiste.refresh_changed_tables(q.queue_name) from (select distinct queue_name from londiste.provider_table) q;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.restart_copies(consumer, queue, tables)
--
--      Tables that are being copied become NEW, and whoever copies them has lost his attempt. Their indexes stand again: a
--      script may rename or drop what the statements that make them name.
-- ----------------------------------------------------------------------
create or replace function londiste.restart_copies(i_consumer text, i_queue text, i_tables text[])
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    stripped text[];
    target text;
begin
    select array_agg(coalesce(s.dest_table, s.table_name)) into stripped
      from londiste.subscriber_table s
     where s.queue_name = i_queue and s.table_name = any (i_tables) and s.merge_state <> 'ok' and s.parked_reason is null
       and londiste.find_table_oid(coalesce(s.dest_table, s.table_name)) is not null
       and exists (select from londiste.subscriber_pending_indexes p where p.table_name = coalesce(s.dest_table, s.table_name));
    -- First, as a range that is being loaded has its table before it asks for the position.
    foreach target in array coalesce(stripped, '{}') loop
        execute format('lock table %s in access exclusive mode', londiste.find_table_oid(target)::regclass);
    end loop;
    perform 1 from londiste.completed where consumer_id = i_consumer for update;
    perform londiste.copy_anew(i_consumer, i_queue, s.table_name, s.copy_attempt)
       from londiste.subscriber_table s
      where s.queue_name = i_queue and s.table_name = any (i_tables);
    foreach target in array coalesce(stripped, '{}') loop
        if not exists (select from londiste.subscriber_table s
                        where s.queue_name = i_queue and coalesce(s.dest_table, s.table_name) = target and s.skip_truncate)
        then
            perform londiste.empty_table(target);
        end if;
        perform londiste.give_indexes_back(target);
    end loop;
end;
$$;
