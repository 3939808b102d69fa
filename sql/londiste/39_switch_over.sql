-- Reversing the roles of two databases: what is asked of either before anything is changed.

-- Tables of the queue that their provider, where this is asked, follows itself: the roles are reversed. A mirror is filled by what it follows, and
-- may have the same name.
create or replace function londiste.followed_back(i_queue_name text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select table_name
    from londiste.subscriber_table
    where queue_name = i_queue_name and not exists (select from londiste.link where dest = i_queue_name)
    order by nr
$$;

-- Whether all are: then what is left to do is to take the old direction away.
create or replace function londiste.switch_over_done(i_queue_name text)
returns boolean
language sql stable
set search_path = pg_catalog
as $$
    select exists (select from londiste.followed_back(i_queue_name))
        and not exists (
            select from londiste.provider_table
            where queue_name = i_queue_name and table_name not in (select londiste.followed_back(i_queue_name)))
$$;

-- How the tables are captured, to be captured so on the other side. key_columns is null where the primary key will do.
create or replace function londiste.switch_over_tables(
    i_queue_name text, out table_name text, out key_columns text[], out capture text, out backup boolean)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select t.table_name, case when t.named_key then t.key_columns end, t.capture, t.backup
    from londiste.provider_table t
    where t.queue_name = i_queue_name
    order by t.nr
$$;

-- Why the provider cannot give its role away, a sentence each.
create or replace function londiste.old_provider_problems(i_queue_name text, i_consumer text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select format('Queue %s is a mirror of queue %s, where its tables are changed: switch over there, or run PROVIDER_PROMOTE', dest, source)
    from londiste.link where dest = i_queue_name
    union all
    select format('Queue %s has no tables, so there is nothing to switch over', i_queue_name)
    where not exists (select from londiste.provider_table where queue_name = i_queue_name)
    union all
    select format('Table %s is replicated from queue %s in both directions: run SUBSCRIBER_REMOVE for it on one side', min(f), i_queue_name)
    from londiste.followed_back(i_queue_name) f
    having count(*) > 0
    union all
    select format('Consumer %s reads queue %s too, and would get nothing more: unregister it, and let it follow the new provider afterwards',
        c.consumer_name, i_queue_name)
    from pgq.get_consumer_info(i_queue_name) c
    where c.consumer_name <> i_consumer
        and not (starts_with(c.consumer_name, i_consumer || '_copy_') and substr(c.consumer_name, length(i_consumer) + 7) ~ '^\d+$')
    union all
    select format('Consumer %s has a position of queue %s on the provider, so the reversed job cannot have that name: give the job another consumerName',
        i_consumer, c.queue_name)
    from londiste.completed c
    where c.consumer_id = i_consumer and c.queue_name <> i_queue_name
$$;

-- Why the subscriber cannot take the role of the provider, a sentence each.
create or replace function londiste.new_provider_problems(i_queue_name text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$
    select format('Queue %s is mirrored as queue %s on the subscriber, which would get nothing more: let its consumers follow the provider,'
        || ' and drop the mirror with pgq.drop_queue and its row in londiste.link', source, dest)
    from londiste.link where source = i_queue_name
    union all
    select format('Queue %s on the subscriber is a mirror of queue %s, so it cannot capture tables: give one of them another name', dest, source)
    from londiste.link where dest = i_queue_name and source <> i_queue_name
$$;
