-- Returns the sessions with an external id, newest first: at most one of each business. Cashiers see only their own.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business, or null for all the caller's businesses
-- $3 text  external id
-- $4 text  status, NEEDS_REVIEW or IN_ORDER for closed sessions that need a review or do not, or null for any
-- $5 uuid  cashier, or null for any
-- $6 date  first business date, or null
-- $7 date  last business date, or null
-- $8 timestamp with time zone  opened at or after, or null
-- $9 timestamp with time zone  opened before, or null
-- $10 boolean  flagged or not, or null for both
-- $11 boolean  stale or not, or null for both
-- $12 boolean  true for deleted sessions only (administrators), false for all others
-- $13 timestamp with time zone  opened_at of the last session of the page before, or null
-- $14 uuid  its id, or null
-- $15 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether they see
-- the business, then a session, whose columns are null if there is none.
select
    u.role,
    $2::uuid is null
        or exists (
            select
            from businesses as b
            where b.id = $2::uuid
                -- include caller_sees_business
        ) as sees_business,
    -- include session_columns
from (
    -- include caller
) as u
left join lateral (
    select found.*, b.stale_after_hours, b.edit_window_hours, b.is_active, b.books_closed_until
    from cash_sessions as found
    join businesses as b
        on b.id = found.business_id
        -- include caller_sees_business
    where found.external_id = $3::text
        and ($2::uuid is null or found.business_id = $2::uuid)
        and ($5::uuid is null or found.cashier_id = $5::uuid)
        and (u.role = 'ADMIN' or found.cashier_id = u.id)
        and found.is_deleted = ($12::boolean and u.role = 'ADMIN')
        and is_listed(
            found, $4::text, $6::date, $7::date, $8::timestamptz, $9::timestamptz,
            $10::boolean, $11::boolean, b.stale_after_hours, $13::timestamptz, $14::uuid
        )
    order by found.opened_at desc, found.id desc
    limit $15::integer
) as s on true
left join lateral (
    select s.stale_after_hours, s.edit_window_hours, s.is_active, s.books_closed_until
) as b on true;
