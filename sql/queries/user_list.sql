-- Returns a page of all accounts, newest first. Administrators only.
-- $1 uuid  caller, or null for the command line
-- $2 timestamp with time zone  created_at of the last user of the page before, or null
-- $3 uuid  their id, or null
-- $4 integer  page size
-- Answers no row if the caller is not an active user; otherwise at least one row: the caller's role, then a user, whose
-- columns are null if the page is empty, or if the caller is not an administrator.
with caller as (
    select u.id, u.role
    from users as u
    where u.id = $1::uuid
        and u.is_active
    union all
    select null, 'ADMIN'
    where $1::uuid is null
)
select
    c.role as caller_role,
    u.id,
    u.email,
    u.name,
    u.role,
    u.locale,
    u.is_active,
    u.created_at
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
