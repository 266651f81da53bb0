-- Locks an account until the transaction ends, if the caller may change it. An open for this cashier, or a login
-- of this user, waits, or has finished and is visible to the next statement.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  user
-- Returns one row if there is such an account and the caller may change it, else none.
-- Materialized, so that the caller is found by the bearer and not among the administrators.
with caller as materialized (
    -- include caller_or_command_line
)
select true as is_locked
from caller as c
join users as u on u.id = $2::uuid
where c.role = 'ADMIN'
for update of u;
