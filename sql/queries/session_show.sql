-- Returns one session of any cashier, deleted or not. The service decides whether the caller may see it.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  session
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the
-- business, then the session, whose columns are null if there is none.
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
left join cash_sessions as s
    on s.business_id = b.id
    and s.id = $3::uuid;
