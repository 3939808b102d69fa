-- The version of this SQL: a jar works on its own and the previous minor version.
create or replace function londiste.version()
returns text
language sql immutable
as $$ select '2.2.0' $$;
