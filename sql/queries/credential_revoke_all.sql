-- Revokes all valid credentials of a user for good, and audits each.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  user
-- $3 uuid  audit event, from which the id of each event is derived
-- $4 text  request id, or null for the command line
-- $5 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, then the number of revoked credentials, null if
-- there is no such user or the caller may not revoke them.
with caller as (
    -- include caller_or_command_line
), owner as (
    select u.id
    from caller as c
    join users as u on u.id = $2::uuid
    where c.role = 'ADMIN'
), revoked as (
    update credentials as k
    set revoked_at = now()
    from owner as u
    where k.user_id = u.id
        -- include credential_is_valid
    returning k.*
), audited as (
    insert into audit_events (
        business_id, action, actor_id, request_id, client_request_id, id, cashier_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, 'credential.revoke', c.id, $4::text, $5::text,
        -- include credential_revoked_event
    from revoked as k
    cross join caller as c
    cross join (select $3::uuid as event_id) as v
)
select
    c.role,
    case when u.id is not null then (select count(*) from revoked) end as revoked
from caller as c
left join owner as u on true;
