-- Ends a terminal and its logins by PIN for good, and audits each. A terminal that has ended does not change. It
-- follows terminal_lock.sql in one transaction, so that it sees every login.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  terminal
-- $4 uuid  audit event, from which the id of each event is derived
-- $5 text  request id
-- $6 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, and whether
-- there is such a terminal that the caller may end.
with caller as (
    -- include caller
), visible_business as (
    -- include visible_business
), terminal as (
    select k.id
    from caller as c
    join visible_business as b on c.role = 'ADMIN'
    join credentials as k on k.id = $3::uuid and k.business_id = b.id
), revoked as (
    update credentials as k
    set revoked_at = now()
    where k.id = any (
            array(
                select t.id from terminal as t
                union all
                select l.id
                from terminal as t
                join credentials as l on l.terminal_id = t.id and l.revoked_at is null
            )
        )
        -- include credential_is_valid
    returning k.*
), audited as (
    insert into audit_events (
        business_id, action, actor_id, request_id, client_request_id, id, cashier_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, 'credential.revoke', c.id, $5::text, $6::text,
        -- include credential_revoked_event
    from revoked as k
    cross join caller as c
    cross join (select $4::uuid as event_id) as v
)
select
    c.role,
    exists (select from visible_business) as sees_business,
    exists (select from terminal) as is_terminal
from caller as c;
