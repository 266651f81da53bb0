-- Returns one business.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, then
-- the business, whose columns are null if they do not.
select
    u.role,
    b.id is not null as sees_business,
    -- include business_columns
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
;
