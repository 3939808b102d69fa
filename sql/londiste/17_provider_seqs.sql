-- Sequences registered on the provider.

create or replace function londiste.provider_add_seq(i_queue_name text, i_seq_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_seq_name);
begin
    if londiste.find_seq_oid(v_name) is null then
        raise exception 'no such sequence: %', v_name using errcode = 'LD001';
    end if;
    perform londiste.lock_queue(i_queue_name);
    insert into londiste.provider_seq (queue_name, seq_name)
    values (i_queue_name, v_name)
    on conflict (queue_name, seq_name) do nothing;
    return found::int;
end
$$;

create or replace function londiste.provider_remove_seq(i_queue_name text, i_seq_name text)
returns int
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_name text := londiste.full_name(i_seq_name);
begin
    delete from londiste.provider_seq where queue_name = i_queue_name and seq_name = v_name;
    if not found then
        raise exception 'sequence % is not registered on the provider queue %', v_name, i_queue_name using errcode = 'LD004';
    end if;
    return 1;
end
$$;

create or replace function londiste.provider_get_seq_list(i_queue_name text)
returns setof text
language sql stable
set search_path = pg_catalog
as $$ select seq_name from londiste.provider_seq where queue_name = i_queue_name order by nr $$;
