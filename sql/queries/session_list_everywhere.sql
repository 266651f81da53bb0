-- Returns a page of the sessions of all the caller's businesses, newest first. Cashiers see only their own, whatever $3
-- is. Each business contributes at most one page, so the number of businesses limits the cost.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  status, NEEDS_REVIEW or IN_ORDER for closed sessions that need a review or do not, or null for any
-- $3 uuid  cashier, or null for any
-- $4 date  first business date, or null
-- $5 date  last business date, or null
-- $6 timestamp with time zone  opened at or after, or null
-- $7 timestamp with time zone  opened before, or null
-- $8 boolean  flagged or not, or null for both
-- $9 boolean  stale or not, or null for both
-- $10 boolean  true for deleted sessions only (administrators), false for all others
-- $11 timestamp with time zone  opened_at of the last session of the page before, or null
-- $12 uuid  its id, or null
-- $13 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, true, then a
-- session, whose columns are null if the page is empty.
select
    u.role,
    true as sees_business,
    -- include session_columns
from (
    -- include caller
) as u
left join lateral (
    select recent.*, b.stale_after_hours, b.edit_window_hours, b.is_active, b.books_closed_until, b.blind_count
    from (
        select every.*
        from businesses as every
        where u.role = 'ADMIN'
        union all
        select assigned.*
        from business_cashiers as a
        join businesses as assigned on assigned.id = a.business_id
        where u.role <> 'ADMIN'
            and a.cashier_id = u.id
            -- include assignment_at_terminal
    ) as b
    cross join lateral recent_sessions(
        b.id, case u.role when 'ADMIN' then $3::uuid else u.id end, $10::boolean and u.role = 'ADMIN', $2::text,
        $4::date, $5::date, $6::timestamptz, $7::timestamptz,
        $8::boolean, $9::boolean, b.stale_after_hours,
        $11::timestamptz, $12::uuid, $13::integer
    ) as recent
    order by recent.opened_at desc, recent.id desc
    limit $13::integer
) as s on true
left join lateral (
    select s.stale_after_hours, s.edit_window_hours, s.is_active, s.books_closed_until, s.blind_count
) as b on true
order by s.opened_at desc, s.id desc;
