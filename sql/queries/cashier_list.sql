-- Returns a page of the cashiers of a business, newest assignment first.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 timestamp with time zone  when the last cashier of the page before was assigned, or null
-- $4 uuid  their id, or null
-- $5 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether they see
-- the business, then a cashier, whose columns are null if the page is empty.
select
    u.role,
    b.id is not null as sees_business,
    n.id,
    n.name,
    n.is_active,
    n.assigned_at
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
left join lateral (
    select c.id, c.name, c.is_active, a.created_at as assigned_at
    from business_cashiers as a
    join users as c on c.id = a.cashier_id
    where a.business_id = b.id
        and (a.created_at, a.cashier_id)
            < (
                coalesce($3::timestamptz, 'infinity'::timestamptz),
                coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
    order by a.created_at desc, a.cashier_id desc
    limit $5::integer
) as n on true
order by n.assigned_at desc, n.id desc;
