-- Returns a page of the businesses that the caller sees, newest first. Administrators see all businesses, and cashiers
-- see the businesses that they are assigned to.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line, which sees all
-- $2 timestamp with time zone  created_at of the last business of the page before, or null
-- $3 uuid  its id, or null
-- $4 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row, whose columns are null if the page is
-- empty.
with caller as (
    -- include caller_or_command_line
)
select
    -- include business_columns
from caller as u
left join lateral (
    (
        select seen.*
        from businesses as seen
        where u.role = 'ADMIN'
            and (seen.created_at, seen.id)
            < (
                coalesce($2::timestamptz, 'infinity'::timestamptz),
                coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
        order by seen.created_at desc, seen.id desc
        limit $4::integer
    )
    union all
    (
        select seen.*
        from business_cashiers as a
        join businesses as seen on seen.id = a.business_id
        where u.role <> 'ADMIN'
            and a.cashier_id = u.id
            -- include assignment_at_terminal
            and (seen.created_at, seen.id)
            < (
                coalesce($2::timestamptz, 'infinity'::timestamptz),
                coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
        order by seen.created_at desc, seen.id desc
        limit $4::integer
    )
) as b on true
order by b.created_at desc, b.id desc;
