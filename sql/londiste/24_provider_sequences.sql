-- The state of the registered sequences: read by replay after it fetched a batch, so that no value of the batch lies behind it (C38).
create or replace function londiste.provider_seq_values(
    i_queue_name text, out seq_name text, out last_value bigint, out is_called boolean)
returns setof record
language plpgsql
set search_path = pg_catalog
as $$
declare
    v_seq oid;
begin
    for seq_name in select s.seq_name from londiste.provider_seq s where s.queue_name = i_queue_name order by s.nr loop
        v_seq := londiste.find_seq_oid(seq_name);
        if v_seq is null then
            raise exception 'no such sequence: %', seq_name using errcode = 'LD001', hint = 'Remove it from the provider.';
        end if;
        execute format('select last_value, is_called from %s', v_seq::regclass) into last_value, is_called;
        return next;
    end loop;
end
$$;
