-- The position of Londiste 2: the last tick a consumer has applied, by number only. The engine also keeps the tick's time and
-- snapshot (C19); these two forget them, so that a position set by hand is taken at its number.

create or replace function londiste.get_last_tick(i_consumer text)
returns bigint
language sql stable
set search_path = pg_catalog
as $$ select last_tick_id from londiste.completed where consumer_id = i_consumer $$;

-- A null tick forgets the position.
create or replace function londiste.set_last_tick(i_consumer text, i_tick_id bigint)
returns int
language plpgsql
set search_path = pg_catalog
as $$
begin
    if i_tick_id is null then
        delete from londiste.completed where consumer_id = i_consumer;
    else
        insert into londiste.completed (consumer_id, last_tick_id)
        values (i_consumer, i_tick_id)
        on conflict (consumer_id) do update
        set last_tick_id = excluded.last_tick_id, last_tick_time = null, last_tick_snapshot = null;
    end if;
    return 1;
end
$$;
