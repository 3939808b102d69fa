-- TRUNCATE. Of a plain table it is one R event. Of a partitioned table too, when its root is truncated; a leaf that is truncated alone loses
-- its rows only, so they are captured as deletes before they go (C05).
-- TRUNCATE of a root fires the BEFORE triggers of the root first and then those of its leaves, which then have nothing to do: they know it
-- from a row in londiste.truncating, since a setting could be forged by any writer.

create table if not exists londiste.truncating (
    nr              int not null,
    txid            bigint not null,
    primary key (nr, txid)
);

create or replace function londiste.capture_truncate_body(i_queue_id int, i_table londiste.provider_table)
returns text
language sql stable
set search_path = pg_catalog
as $$
    select E'\nbegin\n' || londiste.capture_guard_sql(i_table)
        || case when i_table.partitions is null then '' else format(E'
    if tg_relid operator(pg_catalog.<>) %s::pg_catalog.oid then
        perform londiste.truncate_leaf(%s, tg_relid);
        return null;
    elsif tg_when operator(pg_catalog.=) ''BEFORE'' then
        insert into londiste.truncating (nr, txid) values (%2$s, pg_catalog.txid_current());
        return null;
    end if;
    perform londiste.truncated_root(%2$s);\n', i_table.relation::oid, i_table.nr) end
        || londiste.capture_insert_sql(i_queue_id, 'values (', format('%L, null, %L, null, null, null)', 'R', i_table.table_name))
        || E'    return null;\nend\n'
$$;

create or replace function londiste.truncated_root(i_nr int)
returns void
language sql
set search_path = pg_catalog
as $$ delete from londiste.truncating where nr = i_nr and txid = txid_current() $$;

create or replace function londiste.truncate_leaf(i_nr int, i_relation oid)
returns void
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_table londiste.provider_table;
begin
    if exists (select from londiste.truncating where nr = i_nr and txid = txid_current()) then
        return;
    end if;
    select * into v_table from londiste.provider_table where nr = i_nr;
    perform londiste.emit_rows(v_table, i_relation, 'D');
end
$$;
