-- Returns the open session of a cashier to an open with on_conflict=resume. It also saves the session as the stored
-- response for the idempotency key.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  cashier
-- $4 text  idempotency key
-- $5 bytea  SHA-256 of the request
-- Returns one row if there is such a session and the caller is an active user who sees the business, else none:
-- the caller's role, true, then the session.
with existing as (
    select
        s.*,
        u.role,
        s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale
    from users as u
    join businesses as b
        on b.id = $2::uuid
        -- include caller_sees_business
    join cash_sessions as s
        on s.business_id = b.id
        and s.cashier_id = $3::uuid
        and s.status = 'OPEN'
        and s.is_deleted = false
    where u.id = $1::uuid
        and u.is_active
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select e.business_id, $1::uuid, 'session.open', $4::text, $5::bytea, to_jsonb(e) || '{"is_new": false}'::jsonb
    from existing as e
)
select
    s.role,
    true as sees_business,
    -- include session_columns_start
    s.is_stale,
    false as is_in_edit_window,
    -- include session_columns_end
from existing as s;
