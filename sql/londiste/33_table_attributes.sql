-- What is replicated of a table, and what becomes of changes that do not fit: attributes that copy, catch-up, replay, compare and repair
-- obey alike.

do $$
begin
    if not exists (select from pg_catalog.pg_constraint where conname = 'subscriber_table_policies'
        and conrelid = 'londiste.subscriber_table'::regclass)
    then
        alter table londiste.subscriber_table add constraint subscriber_table_policies
            check (on_conflict in ('STOP', 'OVERWRITE', 'SKIP') and on_failure in ('STOP', 'FAILED_QUEUE'));
    end if;
end
$$;

-- Sets what is given; null leaves an attribute as it is, an empty one removes it. What changes the rows that the table is to have (filter,
-- columns, expressions) makes a table that was copied NEW again. Waits for a batch that is being applied. 1 = changed, 0 = it was so.
create or replace function londiste.subscriber_set_attributes(
    i_consumer text, i_queue_name text, i_table_name text,
    i_row_filter text, i_column_list text[], i_column_expressions jsonb, i_on_conflict text, i_on_failure text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_table_name);
    v_old londiste.subscriber_table;
    v_new londiste.subscriber_table;
begin
    perform 1 from londiste.completed where consumer_id = i_consumer for share;
    select * into v_old from londiste.subscriber_table where queue_name = i_queue_name and table_name = v_name for update;
    if not found then
        raise exception 'table % is not registered on the subscriber of queue %', v_name, i_queue_name using errcode = 'LD005';
    end if;
    v_new := v_old;
    v_new.row_filter := nullif(btrim(coalesce(i_row_filter, v_old.row_filter)), '');
    v_new.column_list := nullif(coalesce(i_column_list, v_old.column_list), '{}');
    v_new.column_expressions := nullif(coalesce(i_column_expressions, v_old.column_expressions), '{}');
    v_new.on_conflict := nullif(upper(coalesce(i_on_conflict, v_old.on_conflict)), '');
    v_new.on_failure := nullif(upper(coalesce(i_on_failure, v_old.on_failure)), '');
    if v_new is not distinct from v_old then
        return 0;
    end if;
    perform londiste.check_attributes(v_new);
    if (v_new.row_filter, v_new.column_list, v_new.column_expressions)
        is distinct from (v_old.row_filter, v_old.column_list, v_old.column_expressions) and v_old.merge_state is not null
    then
        if v_old.merge_state <> 'ok' and v_old.parked_reason is null then
            raise exception 'table % is being copied (%): change its rows when it is ok', v_name, v_old.merge_state using errcode = 'LD009';
        end if;
        v_new.merge_state := null;
        v_new.snapshot := null;
        v_new.parked_reason := null;
    end if;
    update londiste.subscriber_table
    set row_filter = v_new.row_filter, column_list = v_new.column_list, column_expressions = v_new.column_expressions,
        on_conflict = v_new.on_conflict, on_failure = v_new.on_failure,
        merge_state = v_new.merge_state, snapshot = v_new.snapshot, parked_reason = v_new.parked_reason
    where queue_name = i_queue_name and table_name = v_name;
    if v_new.merge_state is null and v_old.merge_state is not null then
        perform londiste.put_fkeys_aside(i_queue_name, v_name);
    end if;
    return 1;
end
$$;

-- Refuses attributes that the table of this side cannot take (LD009).
create or replace function londiste.check_attributes(i_table londiste.subscriber_table)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_dest text := coalesce(i_table.dest_table, i_table.table_name);
    v_relation oid := londiste.table_oid(v_dest);
    v_column text;
begin
    if i_table.on_conflict not in ('STOP', 'OVERWRITE', 'SKIP') then
        raise exception 'not a policy for conflicts: %', i_table.on_conflict using errcode = 'LD009', hint = 'It is STOP, OVERWRITE or SKIP.';
    elsif i_table.on_failure not in ('STOP', 'FAILED_QUEUE') then
        raise exception 'not a policy for failures: %', i_table.on_failure using errcode = 'LD009', hint = 'It is STOP or FAILED_QUEUE.';
    elsif jsonb_typeof(i_table.column_expressions) <> 'object' or exists (
        select from jsonb_each(i_table.column_expressions) e where jsonb_typeof(e.value) <> 'string')
    then
        raise exception 'column expressions are an object of column names and SQL' using errcode = 'LD009';
    end if;
    foreach v_column in array coalesce(i_table.column_list, '{}') || array(select jsonb_object_keys(i_table.column_expressions)) loop
        if not exists (
            select from pg_attribute
            where attrelid = v_relation and attname = v_column and attnum > 0 and not attisdropped and attgenerated = '')
        then
            raise exception 'table % of the subscriber has no column % that could be filled', v_dest, v_column using errcode = 'LD009';
        end if;
    end loop;
    select e into v_column from jsonb_object_keys(i_table.column_expressions) e where e <> all (i_table.column_list) limit 1;
    if found then
        raise exception 'column % of table % has an expression but is not among the columns', v_column, i_table.table_name using errcode = 'LD009';
    end if;
end
$$;
