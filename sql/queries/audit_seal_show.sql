-- Returns the hash of one seal, also of the last seal that an archive removed.
-- $1 uuid  business
-- $2 bigint  position
-- Returns one row if there is such a seal, else none.
select s.hash
from audit_seals as s
where s.business_id = $1::uuid
    and s.position = $2::bigint
union all
select a.hash
from audit_archives as a
where a.business_id = $1::uuid
    and a.position = $2::bigint;
