-- Returns the open session of a cashier to an open with on_conflict=resume. It also saves the session as the stored
-- response for the idempotency key.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  cashier
-- $4 text  idempotency key
-- $5 bytea  SHA-256 of the request
-- Answers one row if there is such a session and the caller is an active user who sees the business, else none:
-- the caller's role, true, then the session.
with standing as (
    select
        s.*,
        u.role,
        s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale
    from users as u
    join businesses as b
        on b.id = $2::uuid
        and (
            u.role = 'ADMIN'
            or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = u.id)
        )
    join cash_sessions as s
        on s.business_id = b.id
        and s.cashier_id = $3::uuid
        and s.status = 'OPEN'
        and s.is_deleted = false
    where u.id = $1::uuid
        and u.is_active
), kept as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select t.business_id, $1::uuid, 'session.open', $4::text, $5::bytea, to_jsonb(t) || '{"is_new": false}'::jsonb
    from standing as t
)
select
    s.role,
    true as sees_business,
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
    s.is_stale,
    false as is_in_edit_window,
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
from standing as s;
