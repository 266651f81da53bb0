-- Sets or deletes the caller's own PIN, and revokes the caller's logins by PIN. The statement also audits the changes,
-- and removes the counts of wrong PINs. It follows password_lock.sql in one transaction, so that it sees every login.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  password hash that the service checked, or null to delete the PIN
-- $3 text  hash of the new PIN, or null to delete the PIN
-- $4 uuid  audit event
-- $5 text  request id
-- $6 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: whether the PIN is as requested, by this statement or by an
-- earlier attempt with the same audit event. It is not if the password has changed since the check.
with caller as (
    -- include caller
), done as (
    select e.id
    from audit_events as e
    where e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and e.id = $4::uuid
), saved as (
    insert into user_pins as p (user_id, pin_hash)
    select u.id, $3::text
    from caller as c
    join users as u on u.id = c.id and u.password_hash = $2::text
    where $3::text is not null
        and not exists (select from done)
    on conflict (user_id) do update
    set pin_hash = excluded.pin_hash,
        created_at = now()
    returning p.user_id, true as is_set
), deleted as (
    delete from user_pins as p
    using caller as c
    where p.user_id = c.id
        and $3::text is null
        and not exists (select from done)
    returning p.user_id, false as is_set
), changed as (
    select * from saved
    union all
    select * from deleted
), forgiven as (
    delete from pin_failures as f
    using changed as n
    where f.user_id = n.user_id
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $4::uuid, 'user.pin', n.user_id, n.user_id, $5::text, $6::text,
        jsonb_build_object('pin_set', n.is_set)
    from changed as n
), revoked as (
    update credentials as k
    set revoked_at = now()
    from changed as n
    where k.user_id = n.user_id
        and k.terminal_id is not null
        -- include credential_is_valid
    returning k.*
), revocations_audited as (
    insert into audit_events (
        business_id, action, actor_id, request_id, client_request_id, id, cashier_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, 'credential.revoke', k.user_id, $5::text, $6::text,
        -- include credential_revoked_event
    from revoked as k
    cross join (select $4::uuid as event_id) as v
)
select
    $3::text is null
    or exists (select from saved)
    or exists (select from done) as is_done
from caller as c;
