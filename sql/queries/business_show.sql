-- Returns one business.
-- $1 uuid  caller
-- $2 uuid  business
-- Returns one row if the caller is an active user, else none: the caller's role, whether they see the business, then
-- the business, whose columns are null if they do not.
select
    u.role,
    b.id is not null as sees_business,
    -- include business_columns
from users as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
where u.id = $1::uuid
    and u.is_active;
