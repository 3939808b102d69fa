-- Tables of the PgQ 3.5 contract: columns, defaults and constraint names are those that clients of PgQ know.
--
-- Installing again must not stand behind a consumer that is in the middle of a batch, nor must others stand behind the
-- installer: whatever locks a table that is there already, an index or a change of a column, is done only if it is missing.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

create table if not exists pgq.consumer (
    co_id   serial,
    co_name text not null,

    constraint consumer_pkey primary key (co_id),
    constraint consumer_name_uq unique (co_name)
);

create table if not exists pgq.queue (
    queue_id                 serial,
    queue_name               text        not null,

    queue_ntables            integer     not null default 3,
    queue_cur_table          integer     not null default 0,
    queue_rotation_period    interval    not null default '2 hours',
    queue_switch_step1       bigint      not null default txid_current(),
    queue_switch_step2       bigint               default txid_current(),
    queue_switch_time        timestamptz not null default now(),

    queue_external_ticker    boolean     not null default false,
    queue_disable_insert     boolean     not null default false,
    queue_ticker_paused      boolean     not null default false,

    queue_ticker_max_count   integer     not null default 500,
    queue_ticker_max_lag     interval    not null default '3 seconds',
    queue_ticker_idle_period interval    not null default '1 minute',
    queue_per_tx_limit       integer,

    queue_data_pfx           text        not null,
    queue_event_seq          text        not null,
    queue_tick_seq           text        not null,

    queue_extra_maint        text[],

    constraint queue_pkey primary key (queue_id),
    constraint queue_name_uq unique (queue_name)
);

create table if not exists pgq.tick (
    tick_queue     int4          not null,
    tick_id        bigint        not null,
    tick_time      timestamptz   not null default now(),
    tick_snapshot  txid_snapshot not null default txid_current_snapshot(),
    tick_event_seq bigint        not null,

    constraint tick_pkey primary key (tick_queue, tick_id),
    constraint tick_queue_fkey foreign key (tick_queue) references pgq.queue (queue_id)
);

create sequence if not exists pgq.batch_id_seq;

-- PgQ has a primary key on (sub_queue, sub_consumer). The row gets two new versions a batch, and while an old transaction
-- keeps them from being vacuumed (a dump, a report), every look through such an index visits them all, and so does every
-- check of its uniqueness: after 10,000 batches one cost 40 ms. Here the index has the newest version first, readers ask
-- for that one, and registration keeps the pair unique by writing the queue's row. Without a key, a publication of all
-- tables would refuse updates; hence the replica identity.
create table if not exists pgq.subscription (
    sub_id        serial      not null,
    sub_queue     int4        not null,
    sub_consumer  int4        not null,
    sub_last_tick bigint,
    sub_active    timestamptz not null default now(),
    sub_batch     bigint,
    sub_next_tick bigint,

    constraint subscription_batch_idx unique (sub_batch),
    constraint sub_queue_fkey foreign key (sub_queue) references pgq.queue (queue_id),
    constraint sub_consumer_fkey foreign key (sub_consumer) references pgq.consumer (co_id)
);
if to_regclass('pgq.subscription_newest_idx') is null then
    create index subscription_newest_idx on pgq.subscription (sub_queue, sub_consumer, sub_active desc);
    alter table pgq.subscription replica identity full;
end if;

create table if not exists pgq.event_template (
    ev_id     bigint      not null,
    ev_time   timestamptz not null,
    ev_txid   bigint      not null default txid_current(),
    ev_owner  int4,
    ev_retry  int4,
    ev_type   text,
    ev_data   text,
    ev_extra1 text,
    ev_extra2 text,
    ev_extra3 text,
    ev_extra4 text
);

create table if not exists pgq.retry_queue (
    ev_retry_after timestamptz not null,
    ev_queue       int4        not null,

    like pgq.event_template,

    constraint rq_pkey primary key (ev_owner, ev_id),
    constraint rq_queue_id_fkey foreign key (ev_queue) references pgq.queue (queue_id)
);
if to_regclass('pgq.rq_retry_idx') is null then
    alter table pgq.retry_queue alter column ev_txid drop not null;
    create index rq_retry_idx on pgq.retry_queue (ev_retry_after);
end if;

end $pgq$;

-- ----------------------------------------------------------------------
-- pgq_client.queue_setting
--     What we know of a queue beyond PgQ's own columns; a queue without a row has the defaults. Its row is also the
--     lock that all tickers of the queue share, apart from pgq.queue so that a long transaction which registers a
--     consumer does not stop ticks. On a queue with captured tables only londiste's own functions insert events (C07).
--     own_tick: the last tick that ours made beside the C extension.
-- ----------------------------------------------------------------------
create table if not exists pgq_client.queue_setting (
    queue_id      int4    primary key,
    captured      boolean not null default false,
    max_lag_time  interval,
    max_lag_bytes bigint
);
do $$ begin
    if not exists (select from pg_attribute
                    where attrelid = 'pgq_client.queue_setting'::regclass and attname = 'own_tick' and not attisdropped) then
        alter table pgq_client.queue_setting add column own_tick bigint;
    end if;
end $$;
