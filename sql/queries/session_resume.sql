-- Returns the open session of a cashier to an open with on_conflict=resume. It also saves the session as the stored
-- response for the idempotency key.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  cashier
-- $4 text  idempotency key
-- $5 bytea  SHA-256 of the request
-- Returns one row if there is such a session and the bearer's user sees the business, else none:
-- the caller's role, true, then the session.
with caller as (
    -- include caller_in_business
), existing as (
    select s as session
    from caller as c
    join cash_sessions as s
        on s.business_id = c.business_id
        and s.cashier_id = $3::uuid
        and s.status = 'OPEN'
        and s.is_deleted = false
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        s.business_id, b.id, 'session.open', $4::text, $5::bytea,
        to_jsonb(e.session) || jsonb_build_object(
            'role', b.role,
            'is_new', false,
            'is_stale', s.opened_at + make_interval(hours => b.stale_after_hours) < now(),
            'is_blind', b.blind_count,
            'terminal_name', (
                -- include terminal_name
            ),
            'obstacle',
            -- include session_obstacle
        )
    from existing as e
    cross join caller as b
    cross join lateral (select b.id, b.role) as u
    cross join lateral (select (e.session).*) as s
)
select
    b.role,
    true as sees_business,
    -- include session_columns
from existing as e
cross join caller as b
cross join lateral (select b.id, b.role) as u
cross join lateral (select (e.session).*) as s;
