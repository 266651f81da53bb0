-- Deletes the oldest events from the event log, if they are older than a number of days. The audit events stay. It
-- deletes up to 500 positions before the first event that is kept, so the log never has a gap. The last event always
-- stays, because the next position follows from it. Any number of processes may run it at once.
-- $1 integer  days
-- Returns nothing; the row count shows whether there may be more.
with oldest as (
    select l.position, l.business_id, l.event_id
    from event_feed as l
    order by l.position
    limit 500
), dated as (
    select
        o.position,
        -- Null if the audit event was archived, so the event is older than all that are not.
        (
            select e.occurred_at
            from audit_events as e
            where e.business_id = o.business_id
                and e.id = o.event_id
        ) as occurred_at
    from oldest as o
)
delete from event_feed as f
where f.position >= (select min(d.position) from dated as d)
    and f.position <= (select max(d.position) from dated as d)
    and f.position < (select max(l.position) from event_feed as l)
    and f.position < coalesce(
        (
            select min(d.position)
            from dated as d
            where d.occurred_at >= now() - make_interval(days => $1::integer)
        ),
        9223372036854775807
    );
