-- Returns the caller's own account.
-- $1 uuid  caller
-- Returns one row if the caller is an active user, else none.
select
    u.id,
    u.email,
    u.name,
    u.role,
    u.locale
from users as u
where u.id = $1::uuid
    and u.is_active;
