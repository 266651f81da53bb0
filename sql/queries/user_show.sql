-- Returns one account, active or not.
-- $1 uuid  caller
-- $2 uuid  user
-- Returns one row if the caller is an active user, else none: the caller's role, then the user, whose columns are null
-- if there is none, or if the caller is not an administrator.
select
    c.role as caller_role,
    -- include user_columns
from users as c
left join users as u
    on u.id = $2::uuid
    and c.role = 'ADMIN'
where c.id = $1::uuid
    and c.is_active;
