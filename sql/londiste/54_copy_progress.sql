-- How far a copy is, for whoever asks: on the subscriber alone, whichever process copies.

-- What a table's copy knows of its size before it begins.
create or replace function londiste.note_estimate(i_queue text, i_table text, i_attempt integer, i_rows bigint)
returns void
language sql
set search_path = pg_catalog
as $$
    update londiste.subscriber_table
       set estimated_rows = i_rows
     where queue_name = i_queue and table_name = i_table and copy_attempt = i_attempt;
$$;

-- What was copied; it stays until the next copy.
create or replace function londiste.note_copied(
    i_queue text, i_table text, i_attempt integer, i_rows bigint, i_bytes bigint)
returns void
language sql
set search_path = pg_catalog
as $$
    update londiste.subscriber_table
       set copied_rows = i_rows, copied_bytes = i_bytes, copied_at = coalesce(copied_at, clock_timestamp())
     where queue_name = i_queue and table_name = i_table and copy_attempt = i_attempt;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.table_progress(queue)
--
--      The registered tables with their states as the manual page shows them, and how far their copies are or were.
--      rows_copied, bytes_copied - in ranges that are done, and what the server knows about the COPYs that are running
--      seconds_copying - of the latest attempt, until its last row was there
--      seconds_left - as long as it took per row in that attempt; null before its first row
-- ----------------------------------------------------------------------
drop function if exists londiste.table_progress(text);
create or replace function londiste.table_progress(
    i_queue text,
    out table_name text, out dest_table text, out state text, out snapshot text, out copy_attempt integer,
    out skip_truncate boolean, out parked_reason text,
    out estimated_rows bigint, out rows_copied bigint, out bytes_copied bigint, out seconds_copying double precision,
    out seconds_left double precision)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select s.table_name, coalesce(s.dest_table, s.table_name), coalesce(s.merge_state, 'NEW'), s.snapshot, s.copy_attempt,
           coalesce(s.skip_truncate, false), s.parked_reason, s.estimated_rows, n.rows, n.bytes, n.seconds,
           case when s.merge_state = 'in-copy' and s.copied_at is null and n.rows_of_attempt > 0 then
                greatest(s.estimated_rows - n.rows, 0) * n.seconds / n.rows_of_attempt end
      from londiste.subscriber_table s
      left join lateral (
            select sum(p.tuples_processed)::bigint as rows, sum(p.bytes_processed)::bigint as bytes
              from pg_stat_progress_copy p
             where s.merge_state = 'in-copy' and s.copied_at is null and p.datname = current_database()
               and p.relid = londiste.find_table_oid(coalesce(s.dest_table, s.table_name))
           ) running on true
      left join lateral (
            select sum(r.copied_rows)::bigint as rows, sum(r.copied_bytes)::bigint as bytes,
                   sum(r.copied_rows) filter (where r.copy_attempt = s.copy_attempt)::bigint as rows_of_attempt
              from londiste.subscriber_copy_range r
             where r.queue_name = s.queue_name and r.table_name = s.table_name
           ) done on s.copied_at is null
      cross join lateral (
            select coalesce(s.copied_rows, nullif(coalesce(done.rows, 0) + coalesce(running.rows, 0), 0)) as rows,
                   coalesce(s.copied_bytes, nullif(coalesce(done.bytes, 0) + coalesce(running.bytes, 0), 0)) as bytes,
                   coalesce(done.rows_of_attempt, 0) + coalesce(running.rows, 0) as rows_of_attempt,
                   extract(epoch from coalesce(s.copied_at, clock_timestamp()) - s.copy_began_at)::float8 as seconds
           ) n
     where s.queue_name = i_queue
     order by s.nr;
$$;
