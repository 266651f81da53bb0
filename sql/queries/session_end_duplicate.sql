-- Ends a duplicate open session in one statement, and audits it. A duplicate is an open session whose cashier has
-- another open session, which is kept, in the same business. The transaction must have locked the open-session key. So
-- two concurrent transactions cannot each end the session that the other keeps.
-- $1 uuid  business
-- $2 uuid  session to end
-- $3 uuid  session to keep
-- $4 uuid  caller, or null for the database operator
-- $5 uuid  audit event
-- Returns one row if this statement ended the session, else none.
with locked as (
    -- Locked, so this is the row's newest version even after a lock wait.
    select s.*
    from cash_sessions as s
    where s.business_id = $1::uuid
        and s.id = $2::uuid
    for update
), ended as (
    update cash_sessions as s
    set status = 'ENDED',
        ended_at = greatest(now()::timestamptz(3), l.opened_at),
        version = l.version + 1
    from locked as l
    where s.business_id = l.business_id
        and s.id = l.id
        and l.status = 'OPEN'
        and l.is_deleted = false
        and exists (
            select
            from cash_sessions as k
            where k.business_id = l.business_id
                and k.cashier_id = l.cashier_id
                and k.id = $3::uuid
                and k.id <> l.id
                and k.status = 'OPEN'
                and k.is_deleted = false
        )
    returning s.*
), hidden as (
    -- As session_facts leaves out of a session that is not counted. The database may not have that function yet.
    select array[
        'recorded_movements', 'records_sales', 'recorded_cash_sales', 'recorded_cash_refunds', 'recorded_paid_in',
        'recorded_paid_out', 'recorded_expenses', 'recorded_drops', 'recorded_hash', 'late_movements'
    ] as sums
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, terminal_id, reason, before, after
    )
    select
        n.business_id, $5::uuid, 'session.end', $4::uuid, n.cashier_id, n.id, n.terminal_id, 'preflight',
        to_jsonb(l) - h.sums, to_jsonb(n) - h.sums
    from ended as n
    cross join locked as l
    cross join hidden as h
)
select e.id
from ended as e;
