-- Locks an assignment (FOR KEY SHARE) until the transaction ends. A transaction that removes the assignment waits, and
-- then sees the opened session.
-- $1 uuid  business
-- $2 uuid  cashier
-- Returns one row if there is such an assignment, else none.
select true as is_locked
from business_cashiers as a
where a.business_id = $1::uuid
    and a.cashier_id = $2::uuid
for key share of a;
