-- Returns sealed audit events as lines of an archive file: JSON without line breaks.
-- $1 uuid  business
-- $2 bigint  position before the first
-- $3 bigint  last position
-- $4 integer  maximum number of lines
-- Returns no row if there is no such event, else one row for each, in order of position.
select
    json_build_object(
        'business_id', s.business_id, 'position', s.position, 'sealed_at', s.sealed_at,
        'hash', encode(s.hash, 'hex'), 'event', e.event
    )::text as line
from (
    select l.*
    from audit_seals as l
    where l.business_id = $1::uuid
        and l.position > $2::bigint
        and l.position <= $3::bigint
    order by l.position
    limit $4::integer
) as s
cross join lateral (
    -- The limit keeps this one index lookup per seal.
    select to_jsonb(l) as event
    from audit_events as l
    where l.business_id = s.business_id
        and l.id = s.event_id
    limit 1
) as e
order by s.position;
