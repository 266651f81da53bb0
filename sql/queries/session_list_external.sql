-- Returns the sessions with an external id, newest first: at most one of each business. Cashiers see only their own.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business, or null for all the caller's businesses
-- $3 text  external id
-- $4 text  terminal, or null for any
-- $5 text  status, NEEDS_REVIEW or IN_ORDER for closed sessions that need a review or do not, or null for any
-- $6 uuid  cashier, or null for any
-- $7 date  first business date, or null
-- $8 date  last business date, or null
-- $9 timestamp with time zone  opened at or after, or null
-- $10 timestamp with time zone  opened before, or null
-- $11 boolean  flagged or not, or null for both
-- $12 boolean  stale or not, or null for both
-- $13 boolean  true for deleted sessions only (administrators), false for all others
-- $14 timestamp with time zone  opened_at of the last session of the page before, or null
-- $15 uuid  its id, or null
-- $16 integer  page size
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
    select found.*, b.stale_after_hours, b.edit_window_hours, b.is_active, b.books_closed_until, b.blind_count
    from cash_sessions as found
    join businesses as b
        on b.id = found.business_id
        -- include caller_sees_business
    where found.external_id = $3::text
        and ($2::uuid is null or found.business_id = $2::uuid)
        and ($4::text is null or found.terminal_id = $4::text)
        and ($6::uuid is null or found.cashier_id = $6::uuid)
        and (u.role = 'ADMIN' or found.cashier_id = u.id)
        and found.is_deleted = ($13::boolean and u.role = 'ADMIN')
        and is_listed(
            found, $5::text, $7::date, $8::date, $9::timestamptz, $10::timestamptz,
            $11::boolean, $12::boolean, b.stale_after_hours, $14::timestamptz, $15::uuid
        )
    order by found.opened_at desc, found.id desc
    limit $16::integer
) as s on true
left join lateral (
    select s.stale_after_hours, s.edit_window_hours, s.is_active, s.books_closed_until, s.blind_count
) as b on true;
