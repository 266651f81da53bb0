-- Returns a page of a user's credentials, newest first: those that are valid, and those that ended in the last 30 days.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  user, for administrators, or null for the caller
-- $3 timestamp with time zone  created_at of the last credential of the page before, or null
-- $4 uuid  its id, or null
-- $5 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether there is such a
-- user whose credentials the caller may see, then a credential, whose columns are null if the page is empty.
select
    c.role,
    u.id is not null as is_user,
    -- include credential_columns
from (
    -- include caller
) as c
left join users as u
    on u.id = coalesce($2::uuid, c.id)
    and (c.role = 'ADMIN' or $2::uuid is null)
left join lateral (
    select k.*
    from credentials as k
    where k.user_id = u.id
        -- policy: a login by PIN sees itself only.
        and (c.terminal_id is null or k.id = c.credential_id)
        and (k.created_at, k.id)
            < (
                coalesce($3::timestamptz, 'infinity'::timestamptz),
                coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
        and coalesce(least(k.revoked_at, k.expires_at) > now() - interval '30 days', true)
    order by k.created_at desc, k.id desc
    limit $5::integer
) as k on true
order by k.created_at desc, k.id desc;
