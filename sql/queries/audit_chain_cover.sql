-- Looks at a stretch of a business's audit events: is each sealed, or waiting for it?
-- $1 uuid  business
-- $2 uuid  event before the stretch, or null for the first
-- $3 integer  how many at the most
-- Answers one row: how many events were looked at, the last one (null if there was none), how many wait for their seal,
-- and the first that neither has a seal nor waits for one; null if all is well.
with stretch as (
    select e.business_id, e.id
    from audit_events as e
    where e.business_id = $1::uuid
        and e.id >= coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        and e.id is distinct from $2::uuid
    order by e.id
    limit $3::integer
), covered as (
    -- The limits keep these looks into an index for each event.
    select
        e.id,
        coalesce(s.found, false) as is_sealed,
        coalesce(u.found, false) as is_waiting
    from stretch as e
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
    (select count(*) from covered) as looked_at,
    (select c.id from covered as c order by c.id desc limit 1) as last_id,
    (select count(*) from covered as c where c.is_waiting and not c.is_sealed) as waiting,
    (select c.id from covered as c where not c.is_waiting and not c.is_sealed order by c.id limit 1) as stray_id;
