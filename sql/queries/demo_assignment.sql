-- Assigns a cashier of the demo data to a business.
-- $1 uuid  business
-- $2 uuid  cashier
-- Returns nothing.
insert into business_cashiers (business_id, cashier_id)
values ($1::uuid, $2::uuid)
on conflict (business_id, cashier_id) do nothing;
