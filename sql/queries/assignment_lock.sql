-- Locks an assignment until the transaction ends, if the caller may remove it. An open of this cashier in this business
-- waits, or has finished and is visible to the next statement.
-- $1 uuid  caller, or null for the command line
-- $2 uuid  business
-- $3 uuid  cashier
-- Returns one row if there is such an assignment and the caller may remove it, else none.
select true as is_locked
from business_cashiers as a
where a.business_id = $2::uuid
    and a.cashier_id = $3::uuid
    and (
        $1::uuid is null
        or exists (select from users as u where u.id = $1::uuid and u.is_active and u.role = 'ADMIN')
    )
for update of a;
