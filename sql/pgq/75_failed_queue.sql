-- The failed queue of SkyTools 2: events that a consumer gave up, with the reason, until somebody retries or deletes them.

do $pgq$ begin if pgq_client.on_extension() then return; end if;

create table if not exists pgq.failed_queue (
    ev_failed_reason text,
    ev_failed_time   timestamptz not null,

    like pgq.event_template,

    constraint fq_pkey primary key (ev_owner, ev_id)
);
alter table pgq.failed_queue alter column ev_owner set not null;
alter table pgq.failed_queue alter column ev_txid drop not null;

end $pgq$;
