-- Deletes the oldest events of the event log, up to the last one whose audit event an archive may remove: the log must
-- not have events without their audit event. The last event always stays.
-- $1 date  the audit events were sealed before this day began, in UTC
-- $2 integer  maximum number of events
-- Returns nothing; the row count shows whether there may be more.
with bound as materialized (
    -- Events have their position before their seal. So this reads only events that are sealed later.
    select f.position
    from event_feed as f
    where exists (
        select
        from audit_seals as s
        where s.business_id = f.business_id
            and s.event_id = f.event_id
            and s.sealed_at < $1::date::timestamp at time zone 'UTC'
    )
    order by f.position desc
    limit 1
), oldest as (
    select f.position
    from event_feed as f
    where f.position <= (select b.position from bound as b)
        and f.position < (select max(l.position) from event_feed as l)
    order by f.position
    limit $2::integer
)
delete from event_feed as f
using oldest as o
where f.position = o.position;
