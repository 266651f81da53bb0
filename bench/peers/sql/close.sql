-- Closes an open session with its count, and audits it.
-- $1 uuid  business
-- $2 uuid  cashier
-- $3 uuid  session
-- $4 bigint  cash counted
with standing as (
    select *
    from cash_sessions as t
    where t.business_id = $1::uuid
        and t.id = $3::uuid
        and t.cashier_id = $2::uuid
        and t.status = 'OPEN'
        and t.is_deleted = false
    for update
), s as (
    update cash_sessions as c
    set status = 'CLOSED', closed_at = greatest(now()::timestamptz(3), t.opened_at), closed_by = $2::uuid,
        final_cash = $4::bigint, version = t.version + 1
    from standing as t
    where c.business_id = t.business_id
        and c.id = t.id
    returning c.*
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, session_id, before, after)
    select s.business_id, gen_random_uuid(), 'session.close', $2::uuid, s.cashier_id, s.id, to_jsonb(t), to_jsonb(s)
    from s
    cross join standing as t
)
select
    s.id, s.session_number, s.business_id, s.cashier_id, s.opened_by, s.status, s.currency, s.initial_cash, s.opened_at,
    s.ended_at, s.closed_at, s.closed_by, s.business_date, s.time_zone, s.terminal_id, s.notes, s.final_cash,
    s.card_total, s.bank_transfer_total, s.envelope_amount, s.expenses, s.credit_sales_total,
    s.credit_payments_collected, s.declared_cash_sales, s.closing_ticket, s.version
from s
