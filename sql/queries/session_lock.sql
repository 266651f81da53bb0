-- Locks a session and returns the caller, as the first statement of a change. The service then applies its rules to the
-- current state, which no other transaction can change meanwhile.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  session
-- $4 text  operation, such as session.end
-- $5 text  idempotency key, or null
-- $6 uuid  audit event: identifies the operation, so that a retry of an unknown outcome is idempotent
-- Answers one row if the caller is an active user, else none: whether the idempotency key was free to use (another
-- request with it may be running), the fingerprint of its first request, whether an earlier attempt completed the
-- operation, the database's clock, the caller's role, whether they see the business, then the session, whose columns
-- are null if there is none.
with gate as materialized (
    select
        $5::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $2::uuid, $1::uuid, $4::text, $5::text), 0)
        ) as is_free
), caller as (
    select u.id, u.role, b.id as business_id, b.stale_after_hours, b.edit_window_hours
    from users as u
    left join businesses as b
        on b.id = $2::uuid
        and (
            u.role = 'ADMIN'
            or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = u.id)
        )
    where u.id = $1::uuid
        and u.is_active
), earlier as (
    select k.fingerprint
    from caller as c
    join idempotency_keys as k
        on k.business_id = c.business_id
        and k.user_id = c.id
        and k.operation = $4::text
        and k.key = $5::text
), standing as (
    -- Locked, so this is the row's newest version even after a lock wait. The statement does not wait for the lock
    -- while the first request with the idempotency key is running.
    select s.*
    from caller as c
    join gate as g on g.is_free
    join cash_sessions as s on s.business_id = c.business_id and s.id = $3::uuid
    for update of s
)
select
    g.is_free,
    e.fingerprint,
    exists (select from audit_events as a where a.business_id = b.business_id and a.id = $6::uuid) as is_done,
    now()::timestamptz(3) as instant,
    b.role,
    b.business_id is not null as sees_business,
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
from caller as b
cross join gate as g
left join earlier as e on true
left join standing as s on true;
