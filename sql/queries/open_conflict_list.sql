-- Returns a page of a business's conflicts, newest first. Each row counts the conflicts of one existing session, caller
-- and minute. Cashiers see only their own, whatever $3 is.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  cashier, or null for any
-- $4 timestamp with time zone  first_at of the last of the page before, or null
-- $5 uuid  its id, or null
-- $6 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether they see
-- the business, then conflicts, whose columns are null if the page is empty.
with viewer as (
    select
        u.role,
        b.id as business_id,
        case u.role when 'ADMIN' then $3::uuid else u.id end as cashier_id
    from (
        -- include caller
    ) as u
    left join businesses as b
        on b.id = $2::uuid
        -- include caller_sees_business
)
select
    v.role,
    v.business_id is not null as sees_business,
    c.business_id,
    c.id,
    c.cashier_id,
    h.name as cashier_name,
    c.caller_id,
    k.name as caller_name,
    c.session_id,
    -- One lookup by key per row. A join might read the whole table.
    (
        select s.session_number
        from cash_sessions as s
        where s.business_id = c.business_id
            and s.id = c.session_id
    ) as session_number,
    c.minute,
    c.times,
    c.first_at,
    c.last_at,
    c.resumed,
    c.offered_cash,
    c.currency
from viewer as v
-- Only one branch runs, for all cashiers or for one. Each reads its own index from the cursor on.
left join lateral (
    (
        select l.*
        from open_conflicts as l
        where v.cashier_id is null
            and l.business_id = v.business_id
            and (l.first_at, l.id)
                < (
                    coalesce($4::timestamptz, 'infinity'::timestamptz),
                    coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                )
        order by l.first_at desc, l.id desc
        limit $6::integer
    )
    union all
    (
        select l.*
        from open_conflicts as l
        where v.cashier_id is not null
            and l.business_id = v.business_id
            and l.cashier_id = v.cashier_id
            and (l.first_at, l.id)
                < (
                    coalesce($4::timestamptz, 'infinity'::timestamptz),
                    coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
                )
        order by l.first_at desc, l.id desc
        limit $6::integer
    )
) as c on true
left join users as h on h.id = c.cashier_id
left join users as k on k.id = c.caller_id
order by c.first_at desc, c.id desc;
