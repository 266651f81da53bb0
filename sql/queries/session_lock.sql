-- Locks a session and returns the caller, as the first statement of a change. The service then applies its rules to the
-- current state, which no other transaction can change meanwhile.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  session
-- $4 text  operation, such as session.end
-- $5 text  idempotency key, or null
-- $6 uuid  audit event: identifies the operation, so that a retry of an unknown outcome is idempotent
-- Returns one row if the bearer is valid, else none: whether the idempotency key was free to use (another
-- request with it may be running), the fingerprint of its first request, whether an earlier attempt completed the
-- operation, the database's clock, the caller's role, whether they see the business, then the session, whose columns
-- are null if there is none.
with caller as (
    -- include caller_in_business
), key_lock as materialized (
    select
        $5::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $2::uuid, c.id, $4::text, $5::text), 0)
        ) as is_free
    from caller as c
), first_request as (
    select k.fingerprint
    from caller as c
    join idempotency_keys as k
        on k.business_id = c.business_id
        and k.user_id = c.id
        and k.operation = $4::text
        and k.key = $5::text
), locked as (
    -- Locked, so these are the newest versions of the rows even after a lock wait. The statement does not wait for the
    -- locks while the first request with the idempotency key is running. The books of the business cannot be closed
    -- until the transaction ends.
    select s.*, b.books_closed_until
    from caller as c
    join key_lock as k on k.is_free
    join businesses as b on b.id = c.business_id
    join cash_sessions as s on s.business_id = b.id and s.id = $3::uuid
    for update of s
    for key share of b
)
select
    k.is_free,
    f.fingerprint,
    exists (select from audit_events as a where a.business_id = u.business_id and a.id = $6::uuid) as is_done,
    now()::timestamptz(3) as instant,
    u.role,
    u.business_id is not null as sees_business,
    -- include session_columns
from caller as u
cross join key_lock as k
left join first_request as f on true
left join locked as s on true
cross join lateral (
    select u.stale_after_hours, u.edit_window_hours, u.is_active, s.books_closed_until, u.blind_count
) as b;
