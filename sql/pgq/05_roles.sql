-- Roles pgq_reader (consume), pgq_writer (insert) and pgq_admin (everything). An installer that may not create roles
-- goes on without those that are missing: then only the owner of the schema uses the queue, until somebody creates the
-- roles and installs again.

do $$
begin
    if not exists (select from pg_roles where rolname = current_user and (rolsuper or rolcreaterole)) then
        return;
    end if;
    -- Roles belong to the whole server: an installer in another database may be doing the same now.
    begin
        if not exists (select from pg_roles where rolname = 'pgq_reader') then
            create role pgq_reader;
        end if;
    exception when duplicate_object or unique_violation then null;
    end;
    begin
        if not exists (select from pg_roles where rolname = 'pgq_writer') then
            create role pgq_writer;
        end if;
    exception when duplicate_object or unique_violation then null;
    end;
    begin
        if not exists (select from pg_roles where rolname = 'pgq_admin') then
            create role pgq_admin in role pgq_reader, pgq_writer;
        end if;
    exception when duplicate_object or unique_violation or insufficient_privilege then null;
    end;
end
$$;
