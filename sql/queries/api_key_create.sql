-- Creates an API key for a user with an active account, and audits it. CLI only.
-- $1 uuid  key
-- $2 text  e-mail of its user, case-insensitive
-- $3 text  name
-- $4 bytea  SHA-256 of the key
-- $5 integer  days until it expires, or null for never
-- $6 uuid  audit event
-- Answers one row: the key, or none if there is no such active user.
with owner as (
    select u.id, u.email
    from users as u
    where lower(u.email) = lower($2::text)
        and u.is_active
), created as (
    insert into api_keys (id, user_id, name, secret_hash, expires_at)
    select $1::uuid, o.id, $3::text, $4::bytea, now() + make_interval(days => $5::integer)
    from owner as o
    returning *
), audited as (
    insert into audit_events (business_id, id, action, cashier_id, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $6::uuid, 'key.create', k.user_id, to_jsonb(k) - 'secret_hash'
    from created as k
)
select
    k.id,
    k.user_id,
    o.email,
    k.name,
    k.created_at,
    k.expires_at,
    k.revoked_at
from created as k
join owner as o on o.id = k.user_id;
