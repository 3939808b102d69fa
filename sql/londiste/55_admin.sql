-- What the administration of either side asks for.

-- Schemas whose tables nobody wants replicated: ours, those of other PgQ parts, the system's.
create or replace function londiste.is_our_schema(i_schema name)
returns boolean
language sql immutable
set search_path = pg_catalog
as $$
    select i_schema in ('pgq', 'pgq_ext', 'pgq_coop', 'pgq_client', 'pgq_node', 'londiste', 'information_schema')
        or i_schema like 'pg\_%';
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.replicable_tables()
--
--      The tables of this database that `provider add --all` means: not ours, not the system's, no leaf of a partitioned
--      table, nothing temporary.
-- ----------------------------------------------------------------------
create or replace function londiste.replicable_tables(out table_name text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select n.nspname::text || '.' || c.relname::text
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
       and not londiste.is_our_schema(n.nspname)
     order by 1;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.replicable_sequences()
--
--      The sequences of this database but ours, those of identity and serial columns included.
-- ----------------------------------------------------------------------
create or replace function londiste.replicable_sequences(out seq_name text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select n.nspname::text || '.' || c.relname::text
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and c.relpersistence <> 't' and not londiste.is_our_schema(n.nspname)
     order by 1;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.tables_without_key(queue, tables)
--
--      Those of the tables that exist, are not registered yet, and have no primary key.
-- ----------------------------------------------------------------------
create or replace function londiste.tables_without_key(i_queue text, i_tables text[], out table_name text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select t.name
      from unnest(i_tables) with ordinality as t (name, nr)
     where londiste.find_table_oid(t.name) is not null
       and not exists (select from pg_index i
                        where i.indrelid = londiste.find_table_oid(t.name) and i.indisprimary and i.indisvalid)
       and not exists (select from londiste.provider_table p where p.queue_name = i_queue and p.table_name = t.name)
     order by t.nr;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.force_tick(queue)
--
--      A tick for those who wait for a change of registrations (C28). A mirror has the ticks of the queue that it copies:
--      its replay is told to ask for one there, and the answer is null, as for any queue that is ticked from outside.
-- ----------------------------------------------------------------------
create or replace function londiste.force_tick(i_queue text)
returns bigint
language plpgsql
set search_path = pg_catalog
as $$
begin
    if exists (select from pgq.queue where queue_name = i_queue and (queue_external_ticker or queue_ticker_paused)) then
        update londiste.link set tick_wanted = true where dest = i_queue and not tick_wanted;
        return null;
    end if;
    return pgq_client.tick_now(i_queue);
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.tick_before(queue, snapshot)
--
--      The newest tick all of whose events a reader with the snapshot has seen; no row when there is none any more.
-- ----------------------------------------------------------------------
create or replace function londiste.tick_before(
    i_queue text, i_snapshot text, out tick_id bigint, out tick_time timestamptz, out tick_snapshot text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select t.tick_id, t.tick_time, t.tick_snapshot::text
      from pgq.tick t
     where t.tick_queue = (select q.queue_id from pgq.queue q where q.queue_name = i_queue)
       and txid_snapshot_xmax(t.tick_snapshot) <= txid_snapshot_xmax(i_snapshot::txid_snapshot)
       and not exists (select from txid_snapshot_xip(i_snapshot::txid_snapshot) x
                        where txid_visible_in_snapshot(x, t.tick_snapshot))
     order by t.tick_queue desc, t.tick_id desc
     limit 1;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.captured_before(queue, table, snapshot)
--
--      Whether a reader with the snapshot has seen the table's registration: every change that it has not seen is an event.
-- ----------------------------------------------------------------------
create or replace function londiste.captured_before(i_queue text, i_table text, i_snapshot text)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select exists (select from londiste.provider_table p
                    where p.queue_name = i_queue and p.table_name = i_table
                      and txid_visible_in_snapshot(p.added_txid, i_snapshot::txid_snapshot));
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.expect_sync(queue, table, snapshot)
--
--      A table just registered, whose rows are there already: NEW becomes ok, without a copy. Events visible in the
--      snapshot, if there is one, are in the rows already, and are skipped.
-- ----------------------------------------------------------------------
drop function if exists londiste.expect_sync(text, text);
create or replace function londiste.expect_sync(i_queue text, i_table text, i_snapshot text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.change_table_state(i_queue, i_table, s.copy_attempt, null, 'ok', i_snapshot::txid_snapshot::text)
       from londiste.subscriber_table s
      where s.queue_name = i_queue and s.table_name = i_table;
    update londiste.subscriber_table set expect_sync = true where queue_name = i_queue and table_name = i_table;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.remove_subscriber_table(consumer, queue, table)
--
--      Forgets the table, and the position of its copy; indexes that the copy dropped come back. Waits for a batch that is being applied.
-- ----------------------------------------------------------------------
create or replace function londiste.remove_subscriber_table(i_consumer text, i_queue text, i_table text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
    dest text := (select coalesce(dest_table, table_name) from londiste.subscriber_table
                   where queue_name = i_queue and table_name = i_table);
begin
    perform 1 from londiste.completed where consumer_id = i_consumer for share;
    if londiste.find_table_oid(dest) is not null then
        perform londiste.give_indexes_back(dest);
    end if;
    delete from londiste.completed
     where consumer_id = (select i_consumer || '_copy_' || s.nr from londiste.subscriber_table s
                           where s.queue_name = i_queue and s.table_name = i_table);
    delete from londiste.provider_table
     where capture = 'mirror' and queue_name = londiste.link_dest(i_queue) and table_name = i_table;
    return londiste.subscriber_remove_table(i_queue, i_table);
end;
$$;
