-- Changes the caller's own password, if the checked hash is still current, and revokes the caller's other logins. The
-- statement also audits the changes and saves the stored response for the idempotency key. It follows password_lock.sql
-- in one transaction, so that it sees every login.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  hash that the service checked
-- $3 text  new hash
-- $4 uuid  audit event
-- $5 text  request id
-- $6 text  idempotency key, or null
-- $7 bytea  fingerprint of the request without its passwords, or null
-- $8 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: whether the idempotency key was free to use, and whether the
-- password was changed, by this statement or by an earlier attempt with the same audit event, whose outcome was
-- unknown.
with caller as (
    -- include caller
), key_lock as materialized (
    select
        $6::text is null
        or pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', c.id, 'user.password', $6::text), 0)) as is_free
    from caller as c
), changed as (
    update users as u
    set password_hash = $3::text
    from caller as c
    cross join key_lock as k
    where u.id = c.id
        and u.password_hash = $2::text
        and k.is_free
    returning u.id, u.password_hash
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $4::uuid, 'user.password', u.id, u.id, $5::text, $8::text,
        -- include password_fingerprint
    from changed as u
), revoked as (
    update credentials as k
    set revoked_at = now()
    from changed as u
    cross join caller as c
    where k.user_id = u.id
        and k.kind = 'LOGIN'
        and k.id <> c.credential_id
        -- include credential_is_valid
    returning k.*
), revocations_audited as (
    insert into audit_events (
        business_id, action, actor_id, request_id, client_request_id, id, cashier_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, 'credential.revoke', k.user_id, $5::text, $8::text,
        -- include credential_revoked_event
    from revoked as k
    cross join (select $4::uuid as event_id) as v
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select '00000000-0000-0000-0000-000000000000'::uuid, u.id, 'user.password', $6::text, $7::bytea, '{}'
    from changed as u
    where $6::text is not null
)
select
    k.is_free,
    exists (select from changed)
    or exists (
        select
        from audit_events as e
        where e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
            and e.id = $4::uuid
    ) as is_changed
from key_lock as k;
