-- Foreign keys come back by themselves when both tables are in sync: subscriber_restore_table_fkey adds them NOT VALID,
-- subscriber_validate_table_fkey validates them in a transaction of its own (C26).

-- ----------------------------------------------------------------------
-- Function: londiste.restorable_fkeys(queue)
--
--      Pending foreign keys of the queue's tables whose two ends are ok, without snapshot and not parked, or not
--      replicated at all.
-- ----------------------------------------------------------------------
create or replace function londiste.restorable_fkeys(
    i_queue text, out from_table text, out fkey_name text, out restored boolean)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select f.from_table, f.fkey_name, f.restored
      from londiste.subscriber_get_queue_valid_pending_fkeys(i_queue) f
     where not exists (select from londiste.subscriber_table s
                        where coalesce(s.dest_table, s.table_name) in (f.from_table, f.to_table)
                          and s.parked_reason is not null);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.put_fkeys_aside(queue, table)
--
--      Saves and drops the foreign keys from and to a table whose rows are not what they should be for a while: they would
--      refuse rows of other tables.
-- ----------------------------------------------------------------------
create or replace function londiste.put_fkeys_aside(i_queue text, i_table text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    dest text := (select coalesce(s.dest_table, s.table_name) from londiste.subscriber_table s
                   where s.queue_name = i_queue and s.table_name = i_table);
    fkey record;
begin
    -- One key may be that of two tables, put aside at once.
    perform pg_advisory_xact_lock(hashtextextended('londiste.put_fkeys_aside', 0));
    for fkey in select distinct from_table, fkey_name from londiste.find_table_fkeys(dest) loop
        perform londiste.subscriber_drop_table_fkey(fkey.from_table, fkey.fkey_name);
    end loop;
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.fkeys_of_parked(queue)
--
--      Foreign keys that still stand from or to a parked table, since somebody had a lock when it was parked.
-- ----------------------------------------------------------------------
create or replace function londiste.fkeys_of_parked(i_queue text, out from_table text, out fkey_name text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select distinct f.from_table, f.fkey_name
      from londiste.subscriber_table s, londiste.find_table_fkeys(coalesce(s.dest_table, s.table_name)) f
     where s.queue_name = i_queue and s.parked_reason is not null;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.fkey_failed(table, foreign key, error)
--
--      Why a foreign key stays pending.
-- ----------------------------------------------------------------------
create or replace function londiste.fkey_failed(i_from_table text, i_fkey_name text, i_error text)
returns void
language sql
set search_path = pg_catalog
as $$
    update londiste.subscriber_pending_fkeys
       set last_error = i_error
     where from_table = i_from_table and fkey_name = i_fkey_name;
$$;
