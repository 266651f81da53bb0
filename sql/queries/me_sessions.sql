-- Returns the caller's open sessions, or those that ended without a count, in all businesses, newest first.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 boolean  true for the open sessions, false for the ended ones
-- $3 integer  maximum number of sessions
-- Returns one row per session: the caller's role, true, then the session.
select
    u.role,
    true as sees_business,
    -- include session_columns
from (
    -- include caller
) as u
-- Only one branch runs. Each has an index of its own.
cross join lateral (
    (
        select o.*
        from cash_sessions as o
        where $2::boolean
            and o.cashier_id = u.id
            and o.status = 'OPEN'
            and o.is_deleted = false
        order by o.opened_at desc, o.id desc
        limit $3::integer
    )
    union all
    (
        select e.*
        from cash_sessions as e
        where not $2::boolean
            and e.cashier_id = u.id
            and e.status = 'ENDED'
            and e.is_deleted = false
        order by e.opened_at desc, e.id desc
        limit $3::integer
    )
) as s
join businesses as b
    on b.id = s.business_id
    -- include caller_sees_business
order by s.opened_at desc, s.id desc;
