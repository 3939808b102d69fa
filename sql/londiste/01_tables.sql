-- Tables of Londiste 2 and the columns we add. A table's name is always `schema.table`, the raw names joined by a dot, as in ev_extra1.

-- Provider ------------------------------------------------------------------------------------------------------------------------

create table if not exists londiste.provider_table (
    nr              serial not null,
    queue_name      text not null,
    table_name      text not null,
    trigger_name    text,
    primary key (queue_name, table_name)
);
select londiste.complete_table('londiste.provider_table',
    'relation regclass',                                        -- follows a rename; the registered name stays that of the events
    'key_columns text[]',
    'named_key boolean not null default false',
    'capture text not null default ''row'' check (capture in (''row'', ''statement'', ''mirror''))',
    'backup boolean not null default false',
    'columns text[]',                                           -- `name type` as the triggers were generated for: drift is seen by CHECK
    'added_txid bigint default txid_current()',                 -- who sees it in a snapshot has every later change as an event
    'partitions regclass[]');                                   -- leaves known to have a truncate trigger (C05); null when not partitioned

create table if not exists londiste.provider_seq (
    nr              serial not null,
    queue_name      text not null,
    seq_name        text not null,
    primary key (queue_name, seq_name)
);

-- Subscriber ----------------------------------------------------------------------------------------------------------------------

create table if not exists londiste.subscriber_table (
    nr              serial not null,
    queue_name      text not null,
    table_name      text not null,
    snapshot        text,
    merge_state     text,
    trigger_name    text,
    skip_truncate   boolean,
    primary key (queue_name, table_name)
);
select londiste.complete_table('londiste.subscriber_table',
    'copy_attempt int4 not null default 0',
    'parked_reason text',                                       -- C35: not null = its events are skipped until RESYNC or REMOVE
    'dest_table text',                                          -- `schema.table` on the subscriber when it is not table_name
    'added_snapshot text',                                      -- C20: a provider snapshot of the registration; older T events do not concern it
    'row_filter text',                                          -- SQL over the provider's row: only rows that satisfy it are replicated
    'column_list text[]',                                       -- only these columns of the provider are replicated; null = all
    'column_expressions jsonb',                                 -- {column: SQL over the provider's row}, instead of the column's own value
    'on_failure text',                                          -- STOP (null) or FAILED_QUEUE
    'on_conflict text',                                         -- STOP (null), OVERWRITE or SKIP
    'source_columns text[]',                                    -- C01: the provider's columns as last seen; null = the next event tells
    'from_partitions boolean not null default false',           -- C06: the provider's table is partitioned
    'expect_sync boolean not null default false');

-- C17: the numbers of copy attempts. A table that is removed and added again gets none that it had before.
create sequence if not exists londiste.copy_attempt as integer;
-- Older versions counted the attempts of each table.
select setval('londiste.copy_attempt', counted.latest)
from (select max(copy_attempt) as latest from londiste.subscriber_table) counted, londiste.copy_attempt drawn
where counted.latest > drawn.last_value or (counted.latest = drawn.last_value and not drawn.is_called);

create table if not exists londiste.subscriber_seq (
    nr              serial not null,
    queue_name      text not null,
    seq_name        text not null,
    primary key (queue_name, seq_name)
);

create table if not exists londiste.completed (
    consumer_id     text not null primary key,
    last_tick_id    bigint not null
);
select londiste.complete_table('londiste.completed',
    'queue_name text',
    'last_tick_time timestamptz',                               -- C19: with the snapshot, the identity of the tick
    'last_tick_snapshot text');

create table if not exists londiste.link (
    source          text not null primary key,
    dest            text not null unique
);
select londiste.complete_table('londiste.link',
    'tick_wanted boolean not null default false',               -- somebody waits for a tick of dest: source must make one
    'mirrored_tick bigint',                                     -- dest has the events up to that tick; null: it begins anew
    'mirrored_tick_time timestamptz');

create table if not exists londiste.subscriber_pending_fkeys (
    from_table      text not null,
    to_table        text not null,
    fkey_name       text not null,
    fkey_def        text not null,
    primary key (from_table, fkey_name)
);
select londiste.complete_table('londiste.subscriber_pending_fkeys',
    'validated boolean not null default true',                  -- was it valid before it was dropped?
    'fkey_comment text',
    'restored boolean not null default false',                  -- C26: it stands again, NOT VALID, and waits for its validation
    'last_error text');

-- C26: a name is unique within its table only.
do $$
begin
    if exists (
        select from pg_catalog.pg_constraint
        where conrelid = 'londiste.subscriber_pending_fkeys'::regclass and contype = 'p' and array_length(conkey, 1) = 1
    ) then
        alter table londiste.subscriber_pending_fkeys drop constraint subscriber_pending_fkeys_pkey;
        alter table londiste.subscriber_pending_fkeys add primary key (from_table, fkey_name);
    end if;
end
$$;

create table if not exists londiste.subscriber_pending_triggers (
    table_name      text not null,
    trigger_name    text not null,
    trigger_def     text not null,
    primary key (table_name, trigger_name)
);
select londiste.complete_table('londiste.subscriber_pending_triggers',
    'enabled "char" not null default ''O''',                    -- pg_trigger.tgenabled
    'trigger_comment text');
