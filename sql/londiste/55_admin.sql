-- What the administration of either side asks for.

-- ----------------------------------------------------------------------
-- Function: londiste.replicable_tables()
--
--      The tables of this database that `provider add --all` means: not ours, not the system's, no leaf of a partitioned
--      table, none without a usable name or primary key.
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
       and n.nspname not in ('pgq', 'pgq_ext', 'pgq_coop', 'pgq_client', 'londiste', 'information_schema')
       and n.nspname not like 'pg\_%'
     order by 1;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.table_progress(queue)
--
--      The registered tables with their states as the manual page shows them; for those in copy what the server knows
--      about the COPY that fills them.
-- ----------------------------------------------------------------------
create or replace function londiste.table_progress(
    i_queue text,
    out table_name text, out dest_table text, out state text, out snapshot text, out copy_attempt integer,
    out skip_truncate boolean, out parked_reason text,
    out rows_copied bigint, out bytes_copied bigint, out seconds_copying double precision)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select s.table_name, coalesce(s.dest_table, s.table_name), coalesce(s.merge_state, 'NEW'), s.snapshot, s.copy_attempt,
           coalesce(s.skip_truncate, false), s.parked_reason,
           p.tuples_processed, p.bytes_processed, extract(epoch from clock_timestamp() - a.query_start)::float8
      from londiste.subscriber_table s
      left join pg_stat_progress_copy p on s.merge_state = 'in-copy' and p.datname = current_database()
                                       and p.relid = londiste.find_table_oid(coalesce(s.dest_table, s.table_name))
      left join pg_stat_activity a on a.pid = p.pid
     where s.queue_name = i_queue
     order by s.nr;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.expect_sync(queue, table)
--
--      A table just registered, whose rows are there already: NEW becomes ok, without a copy.
-- ----------------------------------------------------------------------
create or replace function londiste.expect_sync(i_queue text, i_table text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.change_table_state(i_queue, i_table, 0, null, 'ok', null);
    update londiste.subscriber_table set expect_sync = true where queue_name = i_queue and table_name = i_table;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.remove_subscriber_table(consumer, queue, table)
--
--      Forgets the table, and the position of its copy. Waits for a batch that is being applied.
-- ----------------------------------------------------------------------
create or replace function londiste.remove_subscriber_table(i_consumer text, i_queue text, i_table text)
returns integer
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform 1 from londiste.completed where consumer_id = i_consumer for share;
    delete from londiste.completed
     where consumer_id = (select i_consumer || '_copy_' || s.nr from londiste.subscriber_table s
                           where s.queue_name = i_queue and s.table_name = i_table);
    return londiste.subscriber_remove_table(i_queue, i_table);
end;
$$;
