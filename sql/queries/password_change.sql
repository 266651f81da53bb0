-- Changes the caller's own password, if the checked hash is still current. The statement also audits the change and
-- saves the stored response for the idempotency key.
-- $1 uuid  caller
-- $2 text  hash that the service checked
-- $3 text  new hash
-- $4 uuid  audit event
-- $5 text  request id
-- $6 text  idempotency key, or null
-- $7 bytea  fingerprint of the request without its passwords, or null
-- Returns one row: whether the idempotency key was free to use, and whether the password was changed, by this statement
-- or by an earlier attempt with the same audit event, whose outcome was unknown.
with key_lock as materialized (
    select
        $6::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $1::uuid, 'user.password', $6::text), 0)
        ) as is_free
), changed as (
    update users as u
    set password_hash = $3::text
    from key_lock as k
    where u.id = $1::uuid
        and u.is_active
        and u.password_hash = $2::text
        and k.is_free
    returning u.id
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, request_id)
    select '00000000-0000-0000-0000-000000000000'::uuid, $4::uuid, 'user.password', u.id, u.id, $5::text
    from changed as u
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
