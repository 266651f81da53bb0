-- Assigns a cashier of the demo data to a business, and audits it. It changes nothing if the assignment exists.
-- $1 uuid  business
-- $2 uuid  cashier
-- Returns nothing.
with assigned as (
    insert into business_cashiers (business_id, cashier_id)
    values ($1::uuid, $2::uuid)
    on conflict (business_id, cashier_id) do nothing
    returning *
)
insert into audit_events (business_id, id, action, cashier_id, after)
select a.business_id, gen_random_uuid(), 'cashier.assign', a.cashier_id, to_jsonb(a)
from assigned as a;
