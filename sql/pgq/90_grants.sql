-- Rights, as PgQ gives them: all may look at the tables that describe queues; pgq_reader consumes, pgq_writer inserts,
-- pgq_admin does everything; events are read by pgq_reader only. A function that none of the lists names is pgq_admin's.
-- Roles that do not exist, since the installer may not create roles, are left out.

do $pgq$
declare
    for_all    constant text[] := '{seq_getval,get_queue_info,get_consumer_info,quote_fqname,version}';
    for_reader constant text[] := '{batch_event_sql,batch_event_tables,find_tick_helper,register_consumer,
        register_consumer_at,unregister_consumer,next_batch_info,next_batch,next_batch_custom,get_batch_events,
        get_batch_info,get_batch_cursor,event_retry,batch_retry,force_tick,finish_batch,event_failed,failed_event_list,
        failed_event_count,failed_event_delete,failed_event_retry}';
    for_writer constant text[] := '{insert_event,current_event_table,jsontriga,sqltriga,logutriga}';
    f          record;
begin
    if pgq_client.on_extension() then
        return;
    end if;
    grant usage on schema pgq to public;
    grant select on pgq.consumer, pgq.queue, pgq.tick, pgq.subscription to public;
    for f in
        select p.oid::regprocedure as signature,
               case when p.proname = any (for_reader) then 'pgq_reader'
                    when p.proname = any (for_writer) then 'pgq_writer'
                    else 'pgq_admin' end as grantee
          from pg_proc p
         where p.pronamespace = 'pgq'::regnamespace
           and p.proname <> all (for_all) and p.proname !~ '^event_table_no_'
    loop
        execute format('revoke execute on function %s from public', f.signature);
        if exists (select from pg_roles where rolname = f.grantee) then
            execute format('grant execute on function %s to %I', f.signature, f.grantee);
        end if;
    end loop;
    if exists (select from pg_roles where rolname = 'pgq_reader') then
        grant select on pgq.event_template to pgq_reader;
    end if;
    if exists (select from pg_roles where rolname = 'pgq_admin') then
        grant select, insert, truncate on pgq.event_template to pgq_admin;
        grant select, insert, update, delete
            on pgq.consumer, pgq.queue, pgq.tick, pgq.subscription, pgq.retry_queue, pgq.failed_queue to pgq_admin;
    end if;
end
$pgq$;

-- The other schemas: those of their functions that act with the owner's rights.
do $pgq$
declare
    for_reader constant text[] := '{poll,poll_worker,register,tick_info,tick_if_due,tick_now,maintain,queue_status,
        event_failed,events_failed,failed_event_list,failed_event_count,failed_event_delete,failed_event_retry}';
    f          record;
begin
    grant usage on schema pgq_client, pgq_ext, pgq_coop to public;
    for f in
        select p.oid::regprocedure as signature,
               case when n.nspname <> 'pgq_client' or p.proname = any (for_reader) then 'pgq_reader'
                    else 'pgq_admin' end as grantee
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname in ('pgq_client', 'pgq_ext', 'pgq_coop') and p.prosecdef
           and not exists (select from pg_depend d
                            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    loop
        execute format('revoke execute on function %s from public', f.signature);
        if exists (select from pg_roles where rolname = f.grantee) then
            execute format('grant execute on function %s to %I', f.signature, f.grantee);
        end if;
    end loop;
end
$pgq$;
