-- Taking Londiste out of a database.

create or replace function londiste.is_extension(i_name text)
returns boolean
language sql stable
set search_path = pg_catalog
as $$ select exists (select from pg_extension where extname = i_name); $$;

-- Whether a catalog object is in a schema of ours, or belongs to something that is.
create or replace function londiste.is_ours(i_class oid, i_object oid)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select exists (
        select from pg_namespace n
         where n.nspname in ('pgq', 'pgq_ext', 'pgq_coop', 'pgq_client', 'londiste')
           and n.oid = case i_class
                when 'pg_namespace'::regclass then i_object
                when 'pg_class'::regclass then (select relnamespace from pg_class where oid = i_object)
                when 'pg_proc'::regclass then (select pronamespace from pg_proc where oid = i_object)
                when 'pg_type'::regclass then (select typnamespace from pg_type where oid = i_object)
                when 'pg_constraint'::regclass then (select connamespace from pg_constraint where oid = i_object)
                when 'pg_attrdef'::regclass then
                    (select c.relnamespace from pg_attrdef a join pg_class c on c.oid = a.adrelid where a.oid = i_object)
                when 'pg_rewrite'::regclass then
                    (select c.relnamespace from pg_rewrite r join pg_class c on c.oid = r.ev_class where r.oid = i_object)
            end);
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.dependents()
--
--      Who uses us: tables that are captured or replicated, consumers, queues, what copies put aside, and objects of
--      others that need our functions or tables.
-- ----------------------------------------------------------------------
create or replace function londiste.dependents(out kind text, out object text, out detail text)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select 'captured table', p.table_name, 'queue ' || p.queue_name
      from londiste.provider_table p
    union all
    select 'replicated table', s.table_name, 'queue ' || s.queue_name || ', ' || coalesce(s.merge_state, 'NEW')
      from londiste.subscriber_table s
    union all
    select 'consumer', c.co_name, 'queue ' || q.queue_name
      from pgq.subscription s
      join pgq.queue q on q.queue_id = s.sub_queue
      join pgq.consumer c on c.co_id = s.sub_consumer
     where not londiste.is_extension('pgq')
    union all
    select 'queue', q.queue_name, null from pgq.queue q
     where not londiste.is_extension('pgq')
       and not exists (select from londiste.provider_table p where p.queue_name = q.queue_name)
    union all
    select 'pending trigger', t.trigger_name, 'table ' || t.table_name from londiste.subscriber_pending_triggers t
    union all
    select 'pending foreign key', f.fkey_name, 'table ' || f.from_table from londiste.subscriber_pending_fkeys f
    union all
    select distinct 'object', pg_describe_object(d.classid, d.objid, d.objsubid), pg_describe_object(d.refclassid, d.refobjid, 0)
      from pg_depend d
     where d.deptype in ('n', 'a')
       and londiste.is_ours(d.refclassid, d.refobjid) and not londiste.is_ours(d.classid, d.objid)
       and not exists (select from pg_trigger t
                        where d.classid = 'pg_trigger'::regclass and t.oid = d.objid
                          and (t.tgname like '!londiste\_%' or londiste.is_ours('pg_class'::regclass, t.tgrelid)))
     order by 1, 2;
$$;

-- ----------------------------------------------------------------------
-- Function: londiste.uninstall_script()
--
--      The statements, in order: what copies put aside comes back, then triggers, functions and schemas go. Schemas that
--      belong to an extension stay, and roles do.
-- ----------------------------------------------------------------------
create or replace function londiste.uninstall_script()
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select distinct format('select londiste.restore_table_indexes(%L)', i.table_name) from londiste.subscriber_pending_indexes i
    union all
    select distinct format('select londiste.subscriber_restore_all_table_triggers(%L)', t.table_name)
      from londiste.subscriber_pending_triggers t
     where londiste.find_table_oid(t.table_name) is not null
    union all
    select format(v.call, f.from_table, f.fkey_name)
      from londiste.subscriber_pending_fkeys f
     cross join (values ('select londiste.subscriber_restore_table_fkey(%L, %L)'),
                        ('select londiste.subscriber_validate_table_fkey(%L, %L)')) as v (call)
    union all
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
      from pg_trigger t
     where t.tgfoid = 'londiste.deny_trigger()'::regprocedure and t.tgparentid = 0
    union all
    select 'select londiste.drop_capture(t) from londiste.provider_table t'
    union all
    select format('drop schema if exists %s cascade', string_agg(s, ', '))
      from unnest('{londiste,pgq_client,pgq_coop,pgq_ext,pgq}'::text[]) s
     where not londiste.is_extension(s);
$$;
