-- Creates an API key for a user with an active account, and audits it. A retry with the same id returns the key that
-- the lost attempt created. CLI only.
-- $1 uuid  key
-- $2 text  e-mail of its user, case-insensitive
-- $3 text  name
-- $4 bytea  SHA-256 of the key
-- $5 integer  days until it expires, or null for never
-- $6 uuid  audit event
-- Returns one row: the key, or none if there is no such active user.
with owner as (
    select u.id, u.email
    from users as u
    where lower(u.email) = lower($2::text)
        and u.is_active
), created as (
    insert into api_keys (id, user_id, name, secret_hash, expires_at)
    select $1::uuid, u.id, $3::text, $4::bytea, now() + make_interval(days => $5::integer)
    from owner as u
    on conflict (id) do nothing
    returning *
), audited as (
    insert into audit_events (business_id, id, action, cashier_id, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $6::uuid, 'key.create', k.user_id, to_jsonb(k) - 'secret_hash'
    from created as k
), current as (
    select * from created
    union all
    select k.* from api_keys as k where k.id = $1::uuid and not exists (select from created)
)
select
    -- include api_key_columns
from current as k
join owner as u on u.id = k.user_id;
