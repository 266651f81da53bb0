-- Returns the two ends of a business's audit chain in the database. They come from one snapshot.
-- $1 uuid  business
-- Returns one row: the head's position and hash (null if there is no head), the last seal's position (null if there is
-- no seal), and the position and hash up to which events are archived and removed (null if none is).
select
    h.position,
    h.hash,
    s.position as last_position,
    a.position as archived_position,
    a.hash as archived_hash
from (select $1::uuid as id) as b
left join audit_heads as h on h.business_id = b.id
left join lateral (
    select l.position
    from audit_seals as l
    where l.business_id = b.id
    order by l.position desc
    limit 1
) as s on true
left join lateral (
    select l.position, l.hash
    from audit_archives as l
    where l.business_id = b.id
    order by l.first_position desc
    limit 1
) as a on true;
