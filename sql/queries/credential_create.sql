-- Creates a credential for a user with an active account, and audits it. A retry with the same id returns the
-- credential that the lost attempt created. The statement locks the account. So a concurrent change of the password or
-- a concurrent deactivation sees the credential and revokes it, or no credential is created.
-- A login by PIN also locks the PIN and the terminal, so it is not created after either has changed. A login with the
-- password removes the counts of wrong PINs of the user, and a login by PIN that of its terminal.
-- A user has at most 50 valid logins with the password and 50 by PIN, so that a revocation of all is small. One more
-- revokes the oldest of its kind.
-- $1 uuid  credential
-- $2 text  e-mail of its user, case-insensitive
-- $3 text  kind: LOGIN or API_KEY
-- $4 text  name, or null
-- $5 bytea  SHA-256 of the bearer
-- $6 bigint  seconds until it expires, or null for never
-- $7 text  password hash that the service checked, or null for a login by PIN and for the command line
-- $8 uuid  audit event
-- $9 text  action, such as user.login
-- $10 text  request id, or null for the command line
-- $11 text  client's request id, or null
-- $12 text  PIN hash that the service checked, or null
-- $13 bytea  SHA-256 of the bearer of the PIN's terminal, or null
-- Returns one row: the user with the role of the new credential's caller, then the credential; none if there is no such
-- active user, or if the password or the PIN has changed, or the terminal has ended, or the user is no longer a cashier
-- of its business.
with account as (
    select u.id, u.email, u.name, u.role, u.locale
    from users as u
    where lower(u.email) = lower($2::text)
        and u.is_active
        and u.password_hash = coalesce($7::text, u.password_hash)
    for share
), terminal as (
    select k.id, p.user_id
    from account as u
    join user_pins as p on p.user_id = u.id and p.pin_hash = $12::text
    join business_cashiers as a on a.cashier_id = u.id
    join credentials as k
        on k.business_id = a.business_id
        and k.secret_hash = $13::bytea
        and k.kind = 'TERMINAL'
        -- include credential_is_valid
    for share of p, a, k
), owner as (
    select u.*, t.id as terminal_id
    from account as u
    left join terminal as t on t.user_id = u.id
    where $12::text is null
        or t.id is not null
), created as (
    insert into credentials (id, user_id, kind, name, secret_hash, expires_at, terminal_id)
    select $1::uuid, u.id, $3::text, $4::text, $5::bytea, now() + make_interval(secs => $6::bigint), u.terminal_id
    from owner as u
    on conflict (id) do nothing
    returning *
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $8::uuid, $9::text,
        case when coalesce($7::text, $12::text) is not null then k.user_id end, k.user_id, $10::text, $11::text,
        to_jsonb(k) - 'last_used_at'
    from created as k
), superseded as (
    update credentials as k
    set revoked_at = now()
    where k.id = any (
            array(
                select k.id
                from created as c
                join credentials as k on k.user_id = c.user_id
                where c.kind = 'LOGIN'
                    and k.kind = 'LOGIN'
                    and (k.terminal_id is null) = (c.terminal_id is null)
                    -- include credential_is_valid
                order by k.created_at desc, k.id desc
                offset 49
            )
        )
        -- include credential_is_valid
    returning k.*
), revocations_audited as (
    insert into audit_events (
        business_id, action, actor_id, request_id, client_request_id, id, cashier_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, 'credential.revoke',
        case when coalesce($7::text, $12::text) is not null then k.user_id end, $10::text, $11::text,
        -- include credential_revoked_event
    from superseded as k
    cross join (select $8::uuid as event_id) as v
), forgiven as (
    delete from pin_failures as f
    using created as c
    where f.user_id = c.user_id
        and coalesce($7::text, $12::text) is not null
        and coalesce(c.terminal_id = f.terminal_id, true)
), current as (
    select * from created
    union all
    select k.* from credentials as k where k.id = $1::uuid and not exists (select from created)
)
select
    u.id,
    u.email,
    u.name,
    -- include role_of_caller
    as role,
    u.locale,
    -- include credential_columns
from current as k
join owner as u on u.id = k.user_id;
