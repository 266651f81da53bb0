-- Checks that audit events of a business are sealed or queued for their seal. It checks a range of events.
-- $1 uuid  business
-- $2 uuid  event before the range, or null for the first
-- $3 integer  maximum number of events
-- Returns one row: the number of checked events, the last one (null if there was none), the number of events queued for
-- their seal, the age of the oldest of these in whole seconds (null if there is none), and the first event that is
-- neither sealed nor queued; null if there is none.
with selected as (
    select e.business_id, e.id
    from audit_events as e
    where e.business_id = $1::uuid
        and e.id >= coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        and e.id is distinct from $2::uuid
    order by e.id
    limit $3::integer
), checked as (
    -- The limits keep these index lookups, one per event.
    select
        e.business_id,
        e.id,
        coalesce(s.found, false) as is_sealed,
        coalesce(u.found, false) as is_queued
    from selected as e
    left join lateral (
        select true as found
        from audit_seals as l
        where l.business_id = e.business_id
            and l.event_id = e.id
        limit 1
    ) as s on true
    left join lateral (
        select true as found
        from audit_unsealed as l
        where l.business_id = e.business_id
            and l.event_id = e.id
        limit 1
    ) as u on true
)
select
    (select count(*) from checked) as checked_count,
    (select c.id from checked as c order by c.id desc limit 1) as last_id,
    (select count(*) from checked as c where c.is_queued and not c.is_sealed) as queued_count,
    (
        select greatest(0, floor(extract(epoch from now() - min(e.occurred_at))))::bigint
        from checked as c
        join audit_events as e on e.business_id = c.business_id and e.id = c.id
        where c.is_queued and not c.is_sealed
    ) as queued_seconds,
    (select c.id from checked as c where not c.is_queued and not c.is_sealed order by c.id limit 1) as uncovered_id;
