-- Schema pgq (the PgQ 3.5 contract) and schema pgq_client (what the Java client needs beyond it).
--
-- All files of this folder, in file-name order, are one script: `cat sql/pgq/*.sql | psql -1` and the INSTALL operation
-- run the same text. It may run again at any time (no-op or upgrade), in two sessions at once (the lock below is held
-- until the transaction ends) and as a role that owns nothing but the database.
--
-- Where the C extension `pgq` is installed, schema pgq is the extension's and is left exactly as it is. Each file that
-- defines part of schema pgq is therefore one DO block that returns at once in that case; schema pgq_client works on both.

select pg_catalog.pg_advisory_xact_lock(7401, 1);
select pg_catalog.set_config('client_min_messages', 'warning', true);

create schema if not exists pgq_client;

-- ----------------------------------------------------------------------
-- pgq_client.on_extension() -> boolean
--     Whether schema pgq belongs to the C extension pgq.
-- Called by: the files of this folder; STATUS.
-- ----------------------------------------------------------------------
create or replace function pgq_client.on_extension() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from pg_extension where extname = 'pgq')
$$;

-- ----------------------------------------------------------------------
-- pgq_client.version() -> text
--     The version of this SQL, which is that of the jar it comes with. A jar works on the SQL of its own and of the
--     previous minor version. A newer one is never replaced by an older: it may have tables that the older does not know.
-- Called by: the Java client, at its start.
-- ----------------------------------------------------------------------
do $pgq$
declare
    ours  constant text := '0.1.0';
    there text;
begin
    if to_regprocedure('pgq_client.version()') is not null then
        execute 'select pgq_client.version()' into there;
        if string_to_array(there, '.')::int[] > string_to_array(ours, '.')::int[] then
            raise exception 'This database has version % of the PgQ SQL, this is %: a newer one is not replaced', there, ours
                using errcode = 'PQ010';
        end if;
    end if;
    execute format('create or replace function pgq_client.version() returns text language sql immutable as %L',
        format('select %L::text', ours));
end
$pgq$;

do $pgq$ begin if pgq_client.on_extension() then return; end if;
    create schema if not exists pgq;
end $pgq$;
