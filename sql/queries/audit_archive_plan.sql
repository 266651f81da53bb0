-- Returns the next business with sealed audit events that an archive may remove. They are all before the first event
-- that was sealed later, and before the event at the end of the event log, which always stays.
-- $1 uuid  business before it, or null for the first
-- $2 date  the events were sealed before this day began, in UTC
-- Returns one row if there is such a business, else none: the business, the first and the last position, and the hash
-- of the last.
select
    h.business_id,
    c.position + 1 as first_position,
    l.position as last_position,
    l.hash
from audit_heads as h
cross join lateral (
    select coalesce(max(a.position), 0) as position
    from audit_archives as a
    where a.business_id = h.business_id
) as c
cross join lateral (
    select least(
        coalesce(
            (
                select s.position - 1
                from audit_seals as s
                where s.business_id = h.business_id
                    and s.position > c.position
                    and s.sealed_at >= $2::date::timestamp at time zone 'UTC'
                order by s.position
                limit 1
            ),
            h.position
        ),
        (
            select s.position - 1
            from (select f.* from event_feed as f order by f.position desc limit 1) as f
            join audit_seals as s on s.business_id = f.business_id and s.event_id = f.event_id
            where f.business_id = h.business_id
        )
    ) as position
) as e
join audit_seals as l on l.business_id = h.business_id and l.position = e.position
where ($1::uuid is null or h.business_id > $1::uuid)
    and e.position > c.position
order by h.business_id
limit 1;
