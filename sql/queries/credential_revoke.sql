-- Revokes a credential for good, and audits it. A credential that has ended does not change.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  credential, or null for the caller's own login: a logout
-- $3 uuid  its user, for administrators, or null for the caller, and for any user at the command line
-- $4 uuid  audit event: identifies the operation, so that a retry of an unknown outcome is idempotent
-- $5 text  request id, or null for the command line
-- $6 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, then the credential, whose columns are null if
-- there is none that the caller may revoke.
with caller as (
    -- include caller_or_command_line
    union all
    -- An earlier attempt, whose outcome was unknown, revoked the caller's own credential.
    select
        u.id,
        -- include role_of_caller
        as role,
        k.id, false, k.terminal_id
    from credentials as k
    join users as u on u.id = k.user_id
    where k.secret_hash = $1::bytea
        and k.revoked_at is not null
        and k.user_id = (
            select e.actor_id
            from audit_events as e
            where e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
                and e.id = $4::uuid
        )
), target as (
    select k.id
    from caller as c
    join credentials as k
        on k.id = coalesce($2::uuid, c.credential_id)
        and k.user_id = coalesce($3::uuid, c.id, k.user_id)
        and (k.kind = 'LOGIN' or $2::uuid is not null)
        -- policy: a login by PIN revokes itself only.
        and (c.terminal_id is null or k.id = c.credential_id)
    where c.role = 'ADMIN'
        or $3::uuid is null
), revoked as (
    update credentials as k
    set revoked_at = now()
    from target as t
    where k.id = t.id
        -- include credential_is_valid
    returning k.*
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $4::uuid,
        case when $2::uuid is null then 'user.logout' else 'credential.revoke' end, c.id, k.user_id, $5::text, $6::text,
        (to_jsonb(k) - 'last_used_at') || '{"revoked_at": null}', to_jsonb(k) - 'last_used_at'
    from revoked as k
    cross join caller as c
), current as (
    select * from revoked
    union all
    select k.* from target as t join credentials as k on k.id = t.id where not exists (select from revoked)
)
select
    c.role,
    -- include credential_columns
from caller as c
left join (current as k join users as u on u.id = k.user_id) on true;
