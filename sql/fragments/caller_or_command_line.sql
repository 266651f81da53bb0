-- The caller's id and role. The command line gets the role of an administrator and no id. There is no row if the caller
-- is not an active user.
-- Parameter: $1, the caller, or null for the command line.
select u.id, u.role
from users as u
where u.id = $1::uuid
    and u.is_active
union all
select null, 'ADMIN'
where $1::uuid is null
