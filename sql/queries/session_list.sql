-- Returns a page of a business's sessions, newest first. Cashiers see only their own, whatever $4 is.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 text  status, NEEDS_REVIEW or IN_ORDER for closed sessions that need a review or do not, or null for any
-- $4 uuid  cashier, or null for any
-- $5 date  first business date, or null
-- $6 date  last business date, or null
-- $7 timestamp with time zone  opened at or after, or null
-- $8 timestamp with time zone  opened before, or null
-- $9 boolean  flagged or not, or null for both
-- $10 boolean  stale or not, or null for both
-- $11 boolean  true for deleted sessions only (administrators), false for all others
-- $12 timestamp with time zone  opened_at of the last session of the page before, or null
-- $13 uuid  its id, or null
-- $14 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether they see
-- the business, then a session, whose columns are null if the page is empty.
-- The rows keep the order of the branch that runs, because there is one user and one business and a lateral join is a
-- nested loop. Another sort of the page by its 37 columns cost an eighth of the instructions.
select
    u.role,
    b.id is not null as sees_business,
    -- include session_columns
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
left join lateral recent_business_sessions(
    b.id, case u.role when 'ADMIN' then $4::uuid else u.id end, $11::boolean and u.role = 'ADMIN', $3::text,
    $5::date, $6::date, $7::timestamptz, $8::timestamptz,
    $9::boolean, $10::boolean, b.stale_after_hours,
    $12::timestamptz, $13::uuid, $14::integer
) as s on true;
