-- Returns a page of a business's sessions, newest first. Cashiers see only their own, whatever $4 is.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 text  status, or null for any
-- $4 uuid  cashier, or null for any
-- $5 date  first business date, or null
-- $6 date  last business date, or null
-- $7 timestamp with time zone  opened at or after, or null
-- $8 timestamp with time zone  opened before, or null
-- $9 boolean  flagged or not, or null for both
-- $10 boolean  stale or not, or null for both
-- $11 boolean  true for deleted sessions only (administrators), false for all others
-- $12 timestamp with time zone  opened_at of the last session of the page before, or null
-- $13 uuid  its id, or null
-- $14 integer  page size
-- Answers no row if the caller is not an active user; otherwise at least one row: the caller's role, whether they see
-- the business, then a session, whose columns are null if the page is empty.
-- The rows keep the order of the branch that runs, because there is one user and one business and a lateral join is a
-- nested loop. Another sort of the page by its 37 columns cost an eighth of the instructions.
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
left join lateral recent_business_sessions(
    b.id, case u.role when 'ADMIN' then $4::uuid else u.id end, $11::boolean and u.role = 'ADMIN', $3::text,
    $5::date, $6::date, $7::timestamptz, $8::timestamptz,
    $9::boolean, $10::boolean, b.stale_after_hours,
    $12::timestamptz, $13::uuid, $14::integer
) as s on true
where u.id = $1::uuid
    and u.is_active;
