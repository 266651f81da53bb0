-- Returns the bearers among these that are not valid any more. It is one read for all event streams of a process.
-- $1 bytea[]  SHA-256 of the bearers
-- Returns one row per bearer that is not valid.
select q.bearer_hash
from unnest($1::bytea[]) as q (bearer_hash)
left join lateral (
    -- include caller_of_position
) as u on true
where u.id is null;
