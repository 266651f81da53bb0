-- Returns a page of the sessions at a terminal, newest first. Cashiers see only their own, whatever $5 is.
-- Each business contributes at most one page, and the sessions opened at the time of its last one. So the order of the
-- terminal's index is enough, which has no id, and the rest of the terminal's history is not read.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business, or null for all the caller's businesses
-- $3 text  terminal
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
    select recent.*, b.stale_after_hours, b.edit_window_hours, b.is_active, b.books_closed_until, b.blind_count
    from (
        select every.*
        from businesses as every
        where u.role = 'ADMIN'
            and $2::uuid is null
        union all
        select named.*
        from businesses as named
        where u.role = 'ADMIN'
            and named.id = $2::uuid
        union all
        select assigned.*
        from business_cashiers as a
        join businesses as assigned on assigned.id = a.business_id
        where u.role <> 'ADMIN'
            and a.cashier_id = u.id
            and ($2::uuid is null or a.business_id = $2::uuid)
            -- include assignment_at_terminal
    ) as b
    cross join lateral (
        (
            select s.*
            from cash_sessions as s
            where not ($12::boolean and u.role = 'ADMIN')
                and s.business_id = b.id
                and s.terminal_id = $3::text
                and s.is_deleted = false
                and ($5::uuid is null or s.cashier_id = $5::uuid)
                and (u.role = 'ADMIN' or s.cashier_id = u.id)
                and is_listed(
                    s, $4::text, $6::date, $7::date, $8::timestamptz, $9::timestamptz,
                    $10::boolean, $11::boolean, b.stale_after_hours, $13::timestamptz, $14::uuid
                )
            order by s.opened_at desc
            fetch first ($15::integer) rows with ties
        )
        union all
        (
            select s.*
            from cash_sessions as s
            where $12::boolean
                and u.role = 'ADMIN'
                and s.business_id = b.id
                and s.terminal_id = $3::text
                and s.is_deleted = true
                and ($5::uuid is null or s.cashier_id = $5::uuid)
                and is_listed(
                    s, $4::text, $6::date, $7::date, $8::timestamptz, $9::timestamptz,
                    $10::boolean, $11::boolean, b.stale_after_hours, $13::timestamptz, $14::uuid
                )
            order by s.opened_at desc
            fetch first ($15::integer) rows with ties
        )
    ) as recent
    order by recent.opened_at desc, recent.id desc
    limit $15::integer
) as s on true
left join lateral (
    select s.stale_after_hours, s.edit_window_hours, s.is_active, s.books_closed_until, s.blind_count
) as b on true;
