-- Events about the replication itself.

-- The T event of Londiste 2: ev_data lists all registered tables. Ours also names the table that was removed, in ev_extra1; a subscriber
-- that finds it there removes that table only, and only if it was registered before the event (C20).
create or replace function londiste.notify_tables(i_queue_name text, i_removed_table text)
returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.lock_queue(i_queue_name);
    perform pgq.insert_event_raw(
        i_queue_name, null, now(), null, null, 'T',
        (select string_agg(table_name, ',' order by nr) from londiste.provider_table where queue_name = i_queue_name),
        i_removed_table, null, null, null);
end
$$;

create or replace function londiste.provider_notify_change(i_queue_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
begin
    perform londiste.notify_tables(i_queue_name, null);
    return 1;
end
$$;
