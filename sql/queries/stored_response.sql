-- Returns the stored response of an idempotency key: the session as in the first response.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 text  operation: session.open or session.close
-- $4 text  idempotency key
-- Answers one row, or none: the fingerprint of the first request, the caller's role at that time, whether the request
-- created the session, then the session.
select
    k.fingerprint,
    k.answer ->> 'role' as role,
    coalesce((k.answer ->> 'is_new')::boolean, true) as is_new,
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
    (k.answer ->> 'is_stale')::boolean as is_stale,
    coalesce((k.answer ->> 'is_in_edit_window')::boolean, false) as is_in_edit_window,
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
from idempotency_keys as k
cross join jsonb_populate_record(null::cash_sessions, k.answer) as s
where k.business_id = $2::uuid
    and k.user_id = $1::uuid
    and k.operation = $3::text
    and k.key = $4::text;
