-- Locks an account until the transaction ends, if the caller may change it. An open for this cashier waits, or has
-- finished and is visible to the next statement.
-- $1 uuid  caller, or null for the command line
-- $2 uuid  user
-- Returns one row if there is such an account and the caller may change it, else none.
with caller as (
    -- include caller_or_command_line
)
select true as is_locked
from caller as c
join users as u on u.id = $2::uuid
where c.role = 'ADMIN'
for update of u;
