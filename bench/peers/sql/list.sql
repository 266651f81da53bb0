-- The newest sessions of a business.
-- $1 uuid  business
-- $2 bigint  how many at the most
select
    s.id, s.session_number, s.business_id, s.cashier_id, s.opened_by, s.status, s.currency, s.initial_cash, s.opened_at,
    s.ended_at, s.closed_at, s.closed_by, s.business_date, s.time_zone, s.terminal_id, s.notes, s.final_cash,
    s.card_total, s.bank_transfer_total, s.envelope_amount, s.expenses, s.credit_sales_total,
    s.credit_payments_collected, s.declared_cash_sales, s.closing_ticket, s.version
from cash_sessions as s
where s.business_id = $1::uuid
    and s.is_deleted = false
order by s.opened_at desc, s.id desc
limit $2::bigint
