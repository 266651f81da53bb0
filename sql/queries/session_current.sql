-- Returns the open session for open-session keys (cashier + business). A batched read: each position of the arrays is
-- one lookup.
-- $1 uuid[]  callers
-- $2 uuid[]  businesses
-- $3 uuid[]  cashiers
-- Answers one row per position whose caller is an active user: the position, the caller's role, whether they see the
-- business, then the session, whose columns are null if there is none.
select
    q.place,
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
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as q (caller_id, business_id, cashier_id, place)
-- One index lookup per key. Without the limits, the planner would choose full scans while the table is small, and keep
-- them.
join lateral (select c.id, c.role from users as c where c.id = q.caller_id and c.is_active limit 1) as u on true
left join lateral (
    select o.id, o.stale_after_hours, o.edit_window_hours
    from businesses as o
    where o.id = q.business_id
        and (
            u.role = 'ADMIN'
            or (select true from business_cashiers as a where a.business_id = o.id and a.cashier_id = u.id)
        )
    limit 1
) as b on true
left join lateral (
    select *
    from cash_sessions as t
    where t.business_id = b.id
        and t.cashier_id = q.cashier_id
        and t.status = 'OPEN'
        and t.is_deleted = false
    limit 1
) as s on true;
