-- The open session of a cashier in a business.
-- $1 uuid  business
-- $2 uuid  cashier
select
    s.id, s.session_number, s.business_id, s.cashier_id, s.opened_by, s.status, s.currency, s.initial_cash, s.opened_at,
    s.ended_at, s.closed_at, s.closed_by, s.business_date, s.time_zone, s.terminal_id, s.notes, s.final_cash,
    s.card_total, s.bank_transfer_total, s.envelope_amount, s.expenses, s.credit_sales_total,
    s.credit_payments_collected, s.declared_cash_sales, s.closing_ticket, s.version
from cash_sessions as s
where s.business_id = $1::uuid
    and s.cashier_id = $2::uuid
    and s.status = 'OPEN'
    and s.is_deleted = false
