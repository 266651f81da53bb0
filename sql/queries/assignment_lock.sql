-- Locks an assignment until the transaction ends, if the caller may remove it. An open of this cashier in this business
-- waits, or has finished and is visible to the next statement.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  business
-- $3 uuid  cashier
-- Returns one row if there is such an assignment and the caller may remove it, else none.
-- Materialized, so that the caller is found by the bearer and not among the administrators.
with caller as materialized (
    -- include caller_or_command_line
)
select true as is_locked
from caller as c
join business_cashiers as a
    on a.business_id = $2::uuid
    and a.cashier_id = $3::uuid
where c.role = 'ADMIN'
for update of a;
