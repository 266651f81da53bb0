-- Returns the caller's own account.
-- $1 bytea  SHA-256 of the caller's bearer
-- Returns one row if the bearer is valid, else none: the account with the role of the caller, then
-- whether the caller has a recent login.
select
    u.id,
    u.email,
    u.name,
    c.role,
    u.locale,
    c.has_recent_login
from (
    -- include caller
) as c
join users as u on u.id = c.id;
