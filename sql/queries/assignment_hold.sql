-- Locks a cashier, their assignment to a business, and the business (FOR KEY SHARE) until the transaction ends. A
-- transaction that deactivates or unassigns the cashier, or changes the currency or the closed books of the business,
-- waits, and then sees the opened session.
-- $1 uuid  business
-- $2 uuid  cashier
-- Returns one row.
with business as materialized (
    select b.id
    from businesses as b
    where b.id = $1::uuid
    for key share
), cashier as materialized (
    select c.id
    from users as c
    where c.id = $2::uuid
    for key share
), assignment as materialized (
    select a.cashier_id
    from business_cashiers as a
    where a.business_id = $1::uuid
        and a.cashier_id = $2::uuid
    for key share
)
select
    exists (select from business) as is_business,
    exists (select from cashier) as is_cashier,
    exists (select from assignment) as is_assigned;
