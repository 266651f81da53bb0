-- Returns the end of a business's audit chain. Its head and its last seal come from one snapshot.
-- $1 uuid  business
-- Returns one row: the head's position and hash (null if there is no head), and the last seal's position (null if there
-- is no seal).
select
    h.position,
    h.hash,
    s.position as last_position
from (select $1::uuid as id) as b
left join audit_heads as h on h.business_id = b.id
left join lateral (
    select l.position
    from audit_seals as l
    where l.business_id = b.id
    order by l.position desc
    limit 1
) as s on true;
