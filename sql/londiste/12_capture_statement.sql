-- Capture by statement triggers with transition tables (`capture=statement`), for bulk-loaded tables: half the cost of row triggers there.

-- Refuses tables whose changes statement triggers would miss, or show in another order than they happened (LD009).
create or replace function londiste.check_statement_capture(i_relation oid)
returns void
language plpgsql stable
set search_path = pg_catalog
as $$
declare
    v_reason text;
begin
    select case
        when c.relkind = 'p' then 'it is partitioned'
        when c.relhassubclass or exists (select from pg_inherits where inhrelid = i_relation) then 'it inherits, or is inherited'
        when exists (
            select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
            where t.tgrelid = i_relation and not t.tgisinternal and t.tgtype & 1 = 1 and t.tgtype & 66 = 0
                and not (p.pronamespace = 'londiste'::regnamespace and p.proname like 'capture\_%')
        ) then 'it has AFTER ROW triggers of its own, whose changes would come first'
        -- C06: a change of the key is captured as a delete and an insert, and the action would fire on the subscriber.
        when exists (
            select from pg_constraint k
            where k.confrelid = i_relation and k.contype = 'f' and (k.confdeltype not in ('a', 'r') or k.confupdtype not in ('a', 'r'))
        ) then 'a foreign key with an action references it'
        -- C04: native apply fires no statement triggers.
        when exists (select from pg_subscription_rel where srrelid = i_relation) then 'it belongs to a subscription'
    end
    into v_reason
    from pg_class c
    where c.oid = i_relation;
    if v_reason is not null then
        raise exception 'table % cannot be captured by statement triggers: %', londiste.relation_name(i_relation), v_reason
            using errcode = 'LD009', hint = 'Capture it by row triggers.';
    end if;
end
$$;

-- Have a row of each transition table the same key text? Null alias: no such row alias.
create or replace function londiste.capture_same_key_sql(i_relation oid, i_key text[])
returns text
language sql stable
set search_path = pg_catalog
as $$
    select case
        when bool_and(londiste.equal_as_text(a.atttypid)) then
            string_agg(
                format(
                    case when a.attcollation <> 0 then '"!old".%I collate pg_catalog."C" operator(pg_catalog.=) "!new".%1$I'
                        else '"!old".%I operator(pg_catalog.=) "!new".%1$I' end,
                    a.attname),
                ' and ')
        else
            '(' || londiste.capture_key_sql('"!old"', i_key, i_relation) || ')::pg_catalog.text collate pg_catalog."C" operator(pg_catalog.=) ('
            || londiste.capture_key_sql('"!new"', i_key, i_relation) || ')::pg_catalog.text'
    end
    from pg_attribute a
    where a.attrelid = i_relation and a.attname = any (i_key::name[])
$$;

-- One event for each row of a transition table.
create or replace function londiste.capture_rows_sql(i_queue_id int, i_table londiste.provider_table, i_op text, i_row text, i_where text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select londiste.capture_insert_sql(
        i_queue_id, 'select ',
        format(
            '%1$L, pg_catalog.row_to_json(%2$s), %3$L, null, null, case when v_has_text then %2$s::pg_catalog.text end from %4$s as %2$s%5$s',
            i_op || ':' || array_to_string(i_table.key_columns, ','), i_row, i_table.table_name,
            case i_row when '"!new"' then 'londiste_new_rows' else 'londiste_old_rows' end, i_where))
$$;

-- Updates that change no key are plain; rows of others are not paired by PostgreSQL, so a key that went becomes a delete, and one that came an
-- insert, in this order.
create or replace function londiste.capture_updates_sql(i_queue_id int, i_table londiste.provider_table)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select E'    begin
        v_key_changed := exists (
            select from londiste_new_rows as "!new"
            where not exists (select from londiste_old_rows as "!old" where ' || k.same || E'));
    exception when others then
        -- The key''s columns have other names or types by now.
        v_key_changed := null;
    end;
    if v_key_changed is null then\n'
        || londiste.capture_rows_sql(i_queue_id, i_table, 'D', '"!old"', '')
        || londiste.capture_rows_sql(i_queue_id, i_table, 'I', '"!new"', '')
        || E'    elsif v_key_changed then\n'
        || londiste.capture_rows_sql(
            i_queue_id, i_table, 'D', '"!old"', ' where not exists (select from londiste_new_rows as "!new" where ' || k.same || ')')
        || londiste.capture_rows_sql(
            i_queue_id, i_table, 'U', '"!new"', ' where exists (select from londiste_old_rows as "!old" where ' || k.same || ')')
        || londiste.capture_rows_sql(
            i_queue_id, i_table, 'I', '"!new"', ' where not exists (select from londiste_old_rows as "!old" where ' || k.same || ')')
        || E'    else\n'
        || londiste.capture_rows_sql(i_queue_id, i_table, 'U', '"!new"', '')
        || E'    end if;\n'
    from (select londiste.capture_same_key_sql(i_table.relation, i_table.key_columns)) as k (same)
$$;

-- The body of the function of a statement trigger.
create or replace function londiste.capture_statement_body(i_queue_id int, i_table londiste.provider_table, i_op text)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select E'\ndeclare\n    v_has_text pg_catalog.bool;\n    v_key_changed pg_catalog.bool;\nbegin\n'
        || londiste.capture_guard_sql(i_table)
        || format(
            E'    v_has_text := %L or pg_catalog.has_column_privilege(%s::pg_catalog.oid, %s::pg_catalog.int2, ''select'') is not null;\n',
            not londiste.rows_are_exact(i_table.relation), i_table.relation::oid,
            (select max(attnum) + 1 from pg_attribute where attrelid = i_table.relation))
        || case i_op
            when 'insert' then londiste.capture_rows_sql(i_queue_id, i_table, 'I', '"!new"', '')
            when 'delete' then londiste.capture_rows_sql(i_queue_id, i_table, 'D', '"!old"', '')
            else londiste.capture_updates_sql(i_queue_id, i_table)
        end
        || E'    return null;\nend\n'
$$;
