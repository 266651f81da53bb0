-- Renames a valid terminal, and audits it. The same name changes nothing.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  terminal
-- $4 text  name, or null to keep it
-- $5 uuid  audit event
-- $6 text  request id
-- $7 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, then the
-- terminal after the change, whose columns are null if there is none that the caller may rename. A duplicate name
-- violates uq_credentials_terminal_name.
with caller as (
    -- include caller
), visible_business as (
    -- include visible_business
), locked as (
    -- Locked, so this is the row's newest version even after a lock wait.
    select k.*
    from caller as c
    join visible_business as b on c.role = 'ADMIN'
    join credentials as k
        on k.id = $3::uuid
        and k.business_id = b.id
        -- include credential_is_valid
    for no key update of k
), renamed as (
    update credentials as k
    set name = $4::text
    from locked as l
    where k.id = l.id
        and k.name <> $4::text
    returning k.*
), audited as (
    insert into audit_events (business_id, id, action, actor_id, request_id, client_request_id, before, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $5::uuid, 'credential.rename', c.id, $6::text, $7::text,
        to_jsonb(l) - 'last_used_at', to_jsonb(k) - 'last_used_at'
    from renamed as k
    cross join locked as l
    cross join caller as c
), current as (
    select * from renamed
    union all
    select * from locked where not exists (select from renamed)
)
select
    c.role,
    exists (select from visible_business) as sees_business,
    -- include terminal_columns
from caller as c
left join current as k on true;
