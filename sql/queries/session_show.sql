-- Returns one session of any cashier, deleted or not. The service decides whether the caller may see it.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  session
-- Answers one row if the caller is an active user, else none: the caller's role, whether they see the
-- business, then the session, whose columns are null if there is none.
select
    u.role,
    b.id is not null as sees_business,
    s.id,
    s.session_number,
    s.business_id,
    s.cashier_id,
    s.opened_by,
    s.status,
    s.currency,
    s.initial_cash,
    s.opened_at,
    s.ended_at,
    s.closed_at,
    s.closed_by,
    s.business_date,
    s.time_zone,
    s.opened_at at time zone s.time_zone as opened_local,
    s.status = 'OPEN' and s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale,
    coalesce(s.closed_at + make_interval(hours => b.edit_window_hours) > now(), false) as is_in_edit_window,
    s.terminal_id,
    s.notes,
    s.final_cash,
    s.card_total,
    s.bank_transfer_total,
    s.envelope_amount,
    s.expenses,
    s.credit_sales_total,
    s.credit_payments_collected,
    s.declared_cash_sales,
    s.closing_ticket,
    s.flag_reason,
    s.flagged_by,
    s.flagged_at,
    s.delete_reason,
    s.deleted_by,
    s.deleted_at,
    s.version
from users as u
left join businesses as b
    on b.id = $2::uuid
    and (
        u.role = 'ADMIN'
        or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = u.id)
    )
left join cash_sessions as s
    on s.business_id = b.id
    and s.id = $3::uuid
where u.id = $1::uuid
    and u.is_active;
