-- Returns the open session for open-session keys (cashier + business). A batched read: each position of the arrays is
-- one lookup.
-- $1 bytea[]  SHA-256 of the callers' bearers
-- $2 uuid[]  businesses
-- $3 uuid[]  cashiers
-- Returns one row per position whose bearer is valid: the position, the caller's role, whether they see the
-- business, then the session, whose columns are null if there is none.
select
    q.position,
    u.role,
    b.id is not null as sees_business,
    -- include session_columns
from unnest($1::bytea[], $2::uuid[], $3::uuid[]) with ordinality as q (bearer_hash, business_id, cashier_id, position)
-- One index lookup per position. Without the limits, the planner would choose full scans while the table is small, and
-- cache that plan.
join lateral (
    -- include caller_of_position
) as u on true
left join lateral (
    select b.id, b.stale_after_hours, b.edit_window_hours, b.is_active, b.books_closed_until, b.blind_count
    from businesses as b
    where b.id = q.business_id
        -- include caller_sees_business_lookup
    limit 1
) as b on true
left join lateral (
    select *
    from cash_sessions as t
    where t.business_id = b.id
        and t.cashier_id = q.cashier_id
        and t.status = 'OPEN'
        and t.is_deleted = false
    limit 1
) as s on true;
