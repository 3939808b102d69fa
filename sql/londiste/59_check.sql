-- What CHECK finds beside the capture of tables (provider_problems): each with what to do.

-- What to do about a problem of provider_problems.
create or replace function londiste.remedy(i_problem text)
returns text
language sql immutable
set search_path = pg_catalog
as $$
    select case
        when i_problem in ('trigger missing', 'columns changed', 'key changed') then 'run londiste.provider_refresh_trigger(queue, table)'
        when i_problem = 'trigger disabled' then 'enable it, or run londiste.provider_refresh_trigger(queue, table)'
        when i_problem = 'table missing' then 'PROVIDER_REMOVE'
        when i_problem in ('partition not captured', 'partition gone') then
            'run londiste.provider_refresh_trigger(queue, table), then SUBSCRIBER_RESYNC'
        when i_problem = 'name changed' then 'rename it back, or PROVIDER_REMOVE and PROVIDER_ADD'
        when i_problem = 'mirror' then 'wait until it is in sync here, or PROVIDER_REMOVE'
        when i_problem = 'key missing' then 'give the table its key back, or PROVIDER_REMOVE'
        when i_problem = 'order of capture' then 'rename the trigger that comes first, or PROVIDER_REMOVE and PROVIDER_ADD'
    end;
$$;

-- Whether this role may apply changes without firing foreign keys' actions.
create or replace function londiste.may_be_replica()
returns boolean
language plpgsql stable
set search_path = pg_catalog
as $$
begin
    if current_setting('server_version_num')::int < 150000 then
        return (select rolsuper from pg_roles where rolname = current_user);
    end if;
    return has_parameter_privilege('session_replication_role', 'set');
end;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.queue_problems(queue, consumer)
--
--      Ticks that do not come, a rotation that cannot go on and who holds it, a consumer that is not registered or parked.
-- ----------------------------------------------------------------------
create or replace function londiste.queue_problems(
    i_queue text, i_consumer text, out table_name text, out problem text, out detail text, out remedy text)
returns setof record
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    q pgq.queue;
begin
    select * into q from pgq.queue where queue_name = i_queue;
    if not found then
        return query select null::text, 'queue missing', format('there is no queue %s', i_queue), 'PROVIDER_INSTALL';
        return;
    end if;
    return query
        select null::text, 'ticker paused', format('queue %s makes no ticks', i_queue),
               format('select pgq.set_queue_config(%L, %L, %L)', i_queue, 'ticker_paused', 'false')
         where q.queue_ticker_paused;
    return query
        select distinct null::text, 'no ticks', format('the last tick is %s old', date_trunc('second', s.last_tick_age)),
               'run a replay or another pgq: consumer of the queue, or pgqd'
          from pgq_client.queue_status(i_queue) s
         where s.last_tick_age > greatest(q.queue_ticker_idle_period, q.queue_ticker_max_lag) * 2 + interval '10 seconds'
           and not q.queue_ticker_paused;
    return query
        select null::text, 'rotation blocked',
               format('by %s %s since %s (%s)', s.blocked_by, s.blocker, date_trunc('second', s.blocked_since), s.blocker_detail),
               case when s.blocked_by = 'consumer' then 'let it catch up, or unregister it: its events fill the disk'
                    when s.blocked_by in ('transaction', 'lock') then format('end it, for example with pg_terminate_backend(%s)', s.blocker)
                    else 'commit it, or roll it back' end
          from pgq_client.queue_status(i_queue) s
         where s.rotation_due and s.blocked_by is not null and s.blocked_by <> 'parked consumer';
    return query
        select null::text, 'consumer parked', format('%s: %s', s.blocker, s.blocker_detail),
               'SUBSCRIBER_UNREGISTER, then copy the tables again'
          from pgq_client.queue_status(i_queue) s
         where s.blocked_by = 'parked consumer' and s.blocker = i_consumer;
    return query
        select null::text, 'consumer not registered', format('%s is not registered on queue %s', i_consumer, i_queue),
               'start the replay, or SUBSCRIBER_REGISTER'
         where not exists (select from pgq.get_consumer_info(i_queue, i_consumer));
end;
$$;

-- Rights to the captured tables that the role of this session lacks.
create or replace function londiste.right_problems(
    i_queue text, out table_name text, out problem text, out detail text, out remedy text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select t.table_name, 'no right to read', format('role %s may not select from %s', current_user, t.relation),
           format('grant select on %s to %I', t.relation, current_user)
      from londiste.provider_table t
     where t.queue_name = i_queue and not has_table_privilege(t.relation, 'select')
    union all
    select t.table_name, 'not the owner', format('role %s cannot renew the triggers of %s', current_user, t.relation),
           format('grant %I to %I', c.relowner::regrole, current_user)
      from londiste.provider_table t
      join pg_class c on c.oid = t.relation
     where t.queue_name = i_queue and not pg_has_role(c.relowner, 'usage');
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.subscriber_problems(queue)
--
--      Parked tables, tables that go into one as older versions allowed, foreign keys that cannot come back or that act on
--      rows (C29), rights that the role lacks.
-- ----------------------------------------------------------------------
create or replace function londiste.subscriber_problems(
    i_queue text, out table_name text, out problem text, out detail text, out remedy text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    with t as (
        select s.table_name, s.parked_reason, londiste.find_table_oid(coalesce(s.dest_table, s.table_name)) as relation
          from londiste.subscriber_table s
         where s.queue_name = i_queue
    )
    select t.table_name, 'parked', t.parked_reason, 'SUBSCRIBER_RESYNC or SUBSCRIBER_REMOVE' from t where t.parked_reason is not null
    union all
    select t.table_name, 'table missing', 'there is no such table', 'create it, then SUBSCRIBER_RESYNC, or SUBSCRIBER_REMOVE'
      from t where t.relation is null
    union all
    select s.table_name, 'target shared',
           format('%s gets table %s of queue %s too: a copy or a TRUNCATE of either removes the other''s rows',
                  coalesce(s.dest_table, s.table_name), o.table_name, o.queue_name),
           'SUBSCRIBER_REMOVE of one of them, then SUBSCRIBER_RESYNC of the other'
      from londiste.subscriber_table s
      join londiste.subscriber_table o
        on coalesce(o.dest_table, o.table_name) = coalesce(s.dest_table, s.table_name)
       and (o.queue_name, o.table_name) <> (s.queue_name, s.table_name)
     where s.queue_name = i_queue
    union all
    select f.from_table, 'foreign key pending', f.fkey_name || ': ' || f.last_error, 'set the rows right; it comes back by itself'
      from londiste.subscriber_pending_fkeys f where f.last_error is not null
    union all
    select t.table_name, 'foreign key acts',
           format('%s of %s changes rows beside the replay, since role %s may not set session_replication_role',
                  k.conname, k.conrelid::regclass, current_user),
           format('grant set on parameter session_replication_role to %I', current_user)
      from t join pg_constraint k on k.confrelid = t.relation and k.contype = 'f' and k.conparentid = 0
     where (k.confdeltype not in ('a', 'r') or k.confupdtype not in ('a', 'r'))
       and not londiste.may_be_replica()
    union all
    select t.table_name, 'no right to write', format('role %s may not %s %s', current_user, p.name, t.relation::regclass),
           format('grant %s on %s to %I', p.name, t.relation::regclass, current_user)
      from t cross join unnest('{select,insert,update,delete,truncate}'::text[]) as p (name)
     where t.relation is not null and not has_table_privilege(t.relation, p.name)
    union all
    select t.table_name, 'not the owner',
           format('role %s cannot drop indexes and foreign keys of %s for a copy', current_user, t.relation::regclass),
           format('grant %I to %I', c.relowner::regrole, current_user)
      from t join pg_class c on c.oid = t.relation
     where not pg_has_role(c.relowner, 'usage');
$$;
