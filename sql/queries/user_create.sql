-- Creates an account in one statement. The statement checks the caller, inserts, audits and saves the stored response
-- for the idempotency key. A retry of an unknown outcome under the same id returns the first result.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  user
-- $3 text  e-mail
-- $4 text  name
-- $5 text  role: ADMIN or CASHIER
-- $6 text  locale: es-PY or en
-- $7 boolean  is_active
-- $8 text  password hash
-- $9 uuid  audit event
-- $10 text  request id, or null for the command line
-- $11 text  idempotency key, or null
-- $12 bytea  fingerprint of the request without its password, or null
-- $13 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: whether the caller must log in again first, whether the
-- idempotency key was free to use, the caller's role, the fingerprint of the key's first request, then the user, new or
-- as in the stored response; the columns are null if there is none. A duplicate e-mail violates uq_users_email.
with caller as (
    -- include caller_or_command_line
), key_lock as materialized (
    select
        $11::text is null
        or pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', c.id, 'user.create', $11::text), 0)) as is_free
    from caller as c
), first_request as (
    select k.fingerprint, k.answer
    from caller as c
    join idempotency_keys as k
        on k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and k.user_id = c.id
        and k.operation = 'user.create'
        and k.key = $11::text
), existing as (
    -- Created by an earlier attempt, whose outcome was unknown.
    select u.*
    from caller as c
    join users as u on u.id = $2::uuid
    where c.role = 'ADMIN'
), created as (
    insert into users (id, email, name, role, locale, is_active, password_hash)
    select $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::text
    from caller as c
    cross join key_lock as k
    where c.role = 'ADMIN'
        -- policy: a new administrator needs a recent login of the caller.
        and (c.has_recent_login or $5::text <> 'ADMIN')
        and k.is_free
        and not exists (select from first_request)
        and not exists (select from existing)
    returning *
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, request_id, client_request_id, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $9::uuid, 'user.create', c.id, u.id, $10::text, $13::text,
        to_jsonb(u) - 'password_hash' ||
            -- include password_fingerprint
    from created as u
    cross join caller as c
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, c.id, 'user.create', $11::text, $12::bytea,
        to_jsonb(u) - 'password_hash'
    from created as u
    cross join caller as c
    where $11::text is not null
), result as (
    select * from created
    union all
    select * from existing
    union all
    select u.* from first_request as f cross join jsonb_populate_record(null::users, f.answer) as u
    where not exists (select from existing)
)
select
    c.role = 'ADMIN' and $5::text = 'ADMIN' and not c.has_recent_login and u.id is null as needs_recent_login,
    k.is_free,
    c.role as caller_role,
    case when not exists (select from existing) then f.fingerprint end as fingerprint,
    -- include user_columns
from caller as c
cross join key_lock as k
left join first_request as f on true
left join result as u on true;
