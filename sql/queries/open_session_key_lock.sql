-- Locks open-session keys (cashier + business) until the transaction ends. It runs before the statement that reads the
-- open session. Later statements see all changes of earlier lock owners. This statement must not read
-- sessions, because its snapshot is older than its lock.
-- $1 uuid[]  businesses
-- $2 uuid[]  cashiers, one for each business
-- Returns one row per key.
select pg_advisory_xact_lock(l.key)
from (
    -- A fixed order, so that two transactions with the same keys do not deadlock. Replicas of another release lock the
    -- same numbers, so the hashed text must not change.
    select distinct hashtextextended(concat_ws('/', k.business_id, k.cashier_id, 'slot'), 0) as key
    from unnest($1::uuid[], $2::uuid[]) as k (business_id, cashier_id)
    order by key
) as l;
