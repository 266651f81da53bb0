-- Returns a page of all API keys, newest first. CLI only.
-- $1 timestamp with time zone  created_at of the last key of the page before, or null
-- $2 uuid  its id, or null
-- $3 integer  page size
-- Returns one row per key.
select
    -- include credential_columns
from credentials as k
join users as u on u.id = k.user_id
where k.kind = 'API_KEY'
    and (k.created_at, k.id)
        < (
            coalesce($1::timestamptz, 'infinity'::timestamptz),
            coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
        )
order by k.created_at desc, k.id desc
limit $3::integer;
