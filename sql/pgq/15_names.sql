-- Names, sequences, version.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

-- ----------------------------------------------------------------------
-- pgq.quote_fqname(i_name) -> text
--     Quotes a `schema.name`: the first dot separates the schema, without one the schema is public.
-- ----------------------------------------------------------------------
create or replace function pgq.quote_fqname(i_name text) returns text
language plpgsql immutable strict as $$
declare
    dot integer := strpos(i_name, '.');
begin
    if dot = 0 then
        return 'public.' || quote_ident(i_name);
    end if;
    return quote_ident(substr(i_name, 1, dot - 1)) || '.' || quote_ident(substr(i_name, dot + 1));
end
$$;

-- ----------------------------------------------------------------------
-- pgq.seq_getval(i_seq_name) -> int8
--     last_value of a sequence, which stays as it is.
-- ----------------------------------------------------------------------
create or replace function pgq.seq_getval(i_seq_name text) returns bigint
language plpgsql strict set search_path = pg_catalog, pg_temp as $$
declare
    last_value bigint;
begin
    execute 'select last_value from ' || pgq.quote_fqname(i_seq_name) into last_value;
    return last_value;
end
$$;

-- ----------------------------------------------------------------------
-- pgq.seq_setval(i_seq_name, i_new_value) -> int8
--     Moves a sequence forward, never back.
-- Result: its last_value afterwards.
-- ----------------------------------------------------------------------
create or replace function pgq.seq_setval(i_seq_name text, i_new_value int8) returns bigint
language plpgsql strict set search_path = pg_catalog, pg_temp as $$
declare
    present bigint := pgq.seq_getval(i_seq_name);
begin
    if present >= i_new_value then
        return present;
    end if;
    return setval(pgq.quote_fqname(i_seq_name)::regclass, i_new_value);
end
$$;

-- ----------------------------------------------------------------------
-- pgq.version() -> text
--     The contract. pgqd ignores a database whose version does not start with a number of 3 or more.
-- ----------------------------------------------------------------------
create or replace function pgq.version() returns text
language sql immutable as $$ select '3.5.0' $$;

end $pgq$;
