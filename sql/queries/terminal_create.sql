-- Creates a terminal of a business in one statement. The statement checks the caller, inserts, audits and saves the
-- stored response for the idempotency key, without the secret or its hash. A retry of an unknown outcome under the same
-- id returns the first result.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  terminal
-- $4 text  name
-- $5 bytea  SHA-256 of the terminal's bearer
-- $6 uuid  audit event
-- $7 text  request id
-- $8 text  idempotency key, or null
-- $9 bytea  SHA-256 of the request, or null
-- $10 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: whether they see the business, whether the caller must log in
-- again first, whether the idempotency key was free to use, the caller's role, the fingerprint of the key's first
-- request, then the terminal, new or as in the stored response; its columns are null if there is none. A
-- duplicate name violates uq_credentials_terminal_name.
with caller as (
    -- include caller
), visible_business as (
    -- include visible_business
), key_lock as materialized (
    select
        $8::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $2::uuid, c.id, 'terminal.create', $8::text), 0)
        ) as is_free
    from caller as c
), first_request as (
    select k.fingerprint, k.answer
    from caller as c
    join idempotency_keys as k
        on k.business_id = $2::uuid
        and k.user_id = c.id
        and k.operation = 'terminal.create'
        and k.key = $8::text
    where c.role = 'ADMIN'
), existing as (
    -- Created by an earlier attempt, whose outcome was unknown.
    select k.*
    from caller as c
    join credentials as k on k.id = $3::uuid
    where c.role = 'ADMIN'
), created as (
    insert into credentials (id, business_id, kind, name, secret_hash)
    select $3::uuid, b.id, 'TERMINAL', $4::text, $5::bytea
    from caller as c
    cross join visible_business as b
    cross join key_lock as l
    where c.role = 'ADMIN'
        -- policy: a new bearer that never expires needs a recent login of the caller.
        and c.has_recent_login
        and l.is_free
        and not exists (select from first_request)
        and not exists (select from existing)
    returning *
), audited as (
    insert into audit_events (business_id, id, action, actor_id, request_id, client_request_id, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $6::uuid, 'credential.create', c.id, $7::text, $10::text,
        to_jsonb(k) - 'last_used_at'
    from created as k
    cross join caller as c
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        k.business_id, c.id, 'terminal.create', $8::text, $9::bytea, to_jsonb(k) - 'secret_hash' - 'last_used_at'
    from created as k
    cross join caller as c
    where $8::text is not null
), result as (
    select * from created
    union all
    select * from existing
    union all
    select k.* from first_request as f cross join jsonb_populate_record(null::credentials, f.answer) as k
    where not exists (select from existing)
)
select
    exists (select from visible_business) as sees_business,
    c.role = 'ADMIN'
        and not c.has_recent_login
        and k.id is null
        and exists (select from visible_business) as needs_recent_login,
    l.is_free,
    c.role,
    case when not exists (select from existing) then f.fingerprint end as fingerprint,
    -- include terminal_columns
from caller as c
cross join key_lock as l
left join first_request as f on true
left join result as k on true;
