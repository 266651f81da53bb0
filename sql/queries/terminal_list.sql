-- Returns a page of a business's terminals, newest first: those that are valid, and those that ended in the last 30
-- days.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 timestamp with time zone  created_at of the last terminal of the page before, or null
-- $4 uuid  its id, or null
-- $5 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether they see the
-- business, then a terminal, whose columns are null if the page is empty or the caller is a cashier.
select
    u.role,
    b.id is not null as sees_business,
    -- include terminal_columns
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
left join lateral (
    select k.*
    from credentials as k
    where k.business_id = b.id
        and k.kind = 'TERMINAL'
        and u.role = 'ADMIN'
        and (k.created_at, k.id)
            < (
                coalesce($3::timestamptz, 'infinity'::timestamptz),
                coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
        and coalesce(k.revoked_at > now() - interval '30 days', true)
    order by k.created_at desc, k.id desc
    limit $5::integer
) as k on true
order by k.created_at desc, k.id desc;
