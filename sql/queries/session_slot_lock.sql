-- Locks slots, each the place of one cashier's open session in a business, until the transaction ends: the first
-- statement of a transaction that may fill one. What follows sees all that others did who held the lock; in this
-- statement itself nothing may be looked for, because its snapshot is older than its wait.
-- $1 uuid[]  businesses
-- $2 uuid[]  cashiers, one for each business
-- Answers a row for each slot.
select pg_advisory_xact_lock(s.slot)
from (
    -- One order for everybody, so that two who need the same slots do not deadlock.
    select distinct hashtextextended(concat_ws('/', k.business_id, k.cashier_id, 'slot'), 0) as slot
    from unnest($1::uuid[], $2::uuid[]) as k (business_id, cashier_id)
    order by slot
) as s;
