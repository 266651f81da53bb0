-- Returns a page of all accounts, newest first. Administrators only.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 timestamp with time zone  created_at of the last user of the page before, or null
-- $3 uuid  their id, or null
-- $4 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, then a user, whose
-- columns are null if the page is empty, or if the caller is not an administrator.
with caller as (
    -- include caller_or_command_line
)
select
    c.role as caller_role,
    -- include user_columns
from caller as c
left join lateral (
    select seen.*
    from users as seen
    where c.role = 'ADMIN'
        and (seen.created_at, seen.id)
            < (
                coalesce($2::timestamptz, 'infinity'::timestamptz),
                coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
    order by seen.created_at desc, seen.id desc
    limit $4::integer
) as u on true
order by u.created_at desc, u.id desc;
