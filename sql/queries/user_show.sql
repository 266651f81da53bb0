-- Returns one account, active or not.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  user
-- Returns one row if the bearer is valid, else none: the caller's role, then the user, whose columns are null
-- if there is none, or if the caller is not an administrator.
select
    c.role as caller_role,
    -- include user_columns
from (
    -- include caller
) as c
left join users as u
    on u.id = $2::uuid
    and c.role = 'ADMIN';
