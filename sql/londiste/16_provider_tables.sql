-- Tables registered on the provider.

-- Locks the queue's row: adds and removals of one queue come one after another, and so do the lists they publish (C20). NO KEY: ticks and
-- registrations refer to that row and must not wait.
create or replace function londiste.lock_queue(i_queue_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_queue_id int;
begin
    select queue_id into v_queue_id from pgq.queue where queue_name = i_queue_name for no key update;
    if not found then
        raise exception 'no such queue: %', i_queue_name using errcode = 'PQ001';
    end if;
    return v_queue_id;
end
$$;

-- What somebody who adds the table should know; null for nothing.
create or replace function londiste.table_warning(i_table_name text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select format(
        'table %s has a column of type money, whose text depends on lc_monetary: it must be the same on both sides',
        londiste.full_name(i_table_name))
    where exists (
        select from pg_attribute a
        where a.attrelid = londiste.find_table_oid(i_table_name) and a.attnum > 0 and londiste.base_type(a.atttypid) = 'money'::regtype)
$$;

-- Registers a table and makes its capture triggers. 1 = done, 0 = it was registered already (see provider_refresh_trigger).
-- i_key: columns of a unique key, null for the primary key. i_capture: row or statement. i_backup: ev_extra3 carries the old row of updates.
create or replace function londiste.provider_add_table(
    i_queue_name text, i_table_name text, i_key text[], i_capture text, i_backup boolean)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
    v_relation oid := londiste.table_oid(i_table_name);
    v_table londiste.provider_table;
begin
    if not exists (select from pgq.queue where queue_name = i_queue_name) then
        raise exception 'no such queue: %', i_queue_name using errcode = 'PQ001';
    end if;
    if exists (select from londiste.link where dest = i_queue_name) then
        return londiste.mirror_add_table(i_queue_name, v_name, i_key, coalesce(i_backup, false));
    end if;
    perform londiste.check_capturable(v_relation);
    if exists (select from londiste.provider_table where queue_name = i_queue_name and table_name = v_name) then
        return 0;
    end if;
    if i_capture = 'statement' then
        perform londiste.check_statement_capture(v_relation);
        if i_backup then
            raise exception 'table % cannot be captured by statement triggers with the old rows of updates', v_name using errcode = 'LD009';
        end if;
    elsif coalesce(i_capture, 'row') <> 'row' then
        raise exception 'not a way to capture: %', i_capture using errcode = 'LD009', hint = 'It is row or statement.';
    end if;
    perform londiste.check_trigger_order(v_relation);
    if londiste.table_warning(v_name) is not null then
        raise warning '%', londiste.table_warning(v_name);
    end if;
    -- The table's lock comes first: it may wait for writers, and the queue's row must not be held meanwhile.
    execute format('lock table %s in share row exclusive mode', v_relation::regclass);
    perform londiste.lock_queue(i_queue_name);
    insert into londiste.provider_table
        (queue_name, table_name, relation, key_columns, named_key, capture, backup, columns, partitions)
    values (
        i_queue_name, v_name, v_relation, londiste.key_columns(v_relation, i_key), i_key is not null, coalesce(i_capture, 'row'),
        coalesce(i_backup, false), londiste.table_columns(v_relation), londiste.leaf_partitions(v_relation))
    on conflict (queue_name, table_name) do nothing
    returning * into v_table;
    if not found then
        return 0;
    end if;
    update londiste.provider_table
    set trigger_name = format('!londiste_%s', nr)
    where nr = v_table.nr
    returning * into v_table;
    perform londiste.create_capture(v_table);
    -- From here on nobody but the capture triggers and our own functions makes an event of this queue (C07).
    perform pgq_client.set_captured(i_queue_name, true);
    perform londiste.provider_notify_change(i_queue_name);
    return 1;
end
$$;

create or replace function londiste.provider_add_table(i_queue_name text, i_table_name text)
returns int
language sql
set search_path = pg_catalog
as $$ select londiste.provider_add_table(i_queue_name, i_table_name, null, null, null) $$;

-- Renews key and columns of a registered table, after its definition changed.
create or replace function londiste.provider_refresh_trigger(i_queue_name text, i_table_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
begin
    execute format('lock table %s in share row exclusive mode', v_table.relation);
    update londiste.provider_table
    set key_columns = londiste.key_columns(relation, case when named_key then key_columns end),
        columns = londiste.table_columns(relation),
        partitions = londiste.leaf_partitions(relation)
    where nr = v_table.nr
    returning * into v_table;
    if v_table.capture <> 'mirror' then
        perform londiste.create_capture(v_table);
    end if;
    return 1;
end
$$;

-- The registration of a table, or LD004.
create or replace function londiste.registered_table(i_queue_name text, i_table_name text)
returns londiste.provider_table
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table;
begin
    select * into v_table
    from londiste.provider_table
    where queue_name = i_queue_name and table_name = londiste.full_name(i_table_name);
    if not found then
        raise exception 'table % is not registered on the provider queue %', londiste.full_name(i_table_name), i_queue_name
            using errcode = 'LD004';
    end if;
    return v_table;
end
$$;

-- Removes triggers and registration, and sends the removal to the subscribers. The table itself stays, or is gone already.
create or replace function londiste.provider_remove_table(i_queue_name text, i_table_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table := londiste.registered_table(i_queue_name, i_table_name);
begin
    if v_table.capture = 'mirror' then
        -- Events come from the queue that it copies, and the removal of a table is one.
        delete from londiste.provider_table where nr = v_table.nr;
        return 1;
    end if;
    perform londiste.drop_capture(v_table);
    perform londiste.lock_queue(i_queue_name);
    delete from londiste.provider_table where nr = v_table.nr;
    perform pgq_client.set_captured(i_queue_name, exists (select from londiste.provider_table where queue_name = i_queue_name));
    perform londiste.notify_tables(i_queue_name, v_table.table_name);
    return 1;
end
$$;

create or replace function londiste.provider_get_table_list(
    i_queue_name text, out table_name text, out trigger_name text, out key_columns text[], out capture text, out backup boolean)
returns setof record
language sql stable
set search_path = pg_catalog
as $$
    select t.table_name, t.trigger_name, t.key_columns, t.capture, t.backup
    from londiste.provider_table t
    where t.queue_name = i_queue_name
    order by t.nr
$$;
