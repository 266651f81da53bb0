-- Changes an account in one statement. The statement locks it, checks the caller, writes the changed columns and audits
-- only these. It rejects a change that would leave no active administrator.
-- It revokes the user's logins if the e-mail, the role or the password changes, except the one in use if a user changes
-- only their own password. It revokes all credentials of the user if the account becomes active or inactive. It deletes
-- the user's PIN if the account becomes inactive, or if somebody else sets the password. It follows
-- administrators_lock.sql and user_lock.sql in one transaction, so that it sees every login.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  user
-- $3 text  e-mail, or null to keep it, as for all parameters that follow
-- $4 text  name
-- $5 text  role: ADMIN or CASHIER
-- $6 text  locale: es-PY or en
-- $7 boolean  is_active
-- $8 text  password hash
-- $9 uuid  audit event
-- $10 text  request id, or null for the command line
-- $11 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, whether the change was rejected because the
-- caller must log in again first, and whether because it would leave no active administrator, then the current user,
-- whose columns are null if there is none that the caller may change. A duplicate e-mail violates uq_users_email.
with caller as (
    -- include caller_or_command_line
), locked as (
    -- Locked, so this is the row's newest version even after a lock wait.
    select u.*
    from caller as c
    join users as u on u.id = $2::uuid
    where c.role = 'ADMIN'
    for no key update of u
), requested as (
    select
        l.id,
        coalesce($3::text, l.email) as email,
        coalesce($4::text, l.name) as name,
        coalesce($5::text, l.role) as role,
        coalesce($6::text, l.locale) as locale,
        coalesce($7::boolean, l.is_active) as is_active,
        coalesce($8::text, l.password_hash) as password_hash
    from locked as l
), checked as (
    select
        l.role = 'ADMIN'
        and l.is_active
        and not (r.role = 'ADMIN' and r.is_active)
        and not exists (select from users as o where o.id <> l.id and o.role = 'ADMIN' and o.is_active)
        as is_last_administrator,
        l.is_active <> r.is_active as is_switched,
        d.is_sensitive,
        -- policy: a change of the e-mail, the role or the password needs a recent login of the caller.
        d.is_sensitive and not c.has_recent_login as needs_recent_login,
        -- A user who changes only their own password keeps the login in use.
        case when (l.email, l.role) is not distinct from (r.email, r.role) then c.credential_id end as kept_login
    from locked as l
    cross join requested as r
    cross join caller as c
    cross join lateral (
        select (l.email, l.role, l.password_hash) is distinct from (r.email, r.role, r.password_hash) as is_sensitive
    ) as d
), updated as (
    update users as u
    set email = r.email,
        name = r.name,
        role = r.role,
        locale = r.locale,
        is_active = r.is_active,
        password_hash = r.password_hash
    from locked as l
    join requested as r on r.id = l.id
    cross join checked as k
    where u.id = l.id
        and not k.is_last_administrator
        and not k.needs_recent_login
        and (l.email, l.name, l.role, l.locale, l.is_active, l.password_hash)
            is distinct from (r.email, r.name, r.role, r.locale, r.is_active, r.password_hash)
    returning u.*
), pin_deleted as (
    delete from user_pins as p
    using updated as n
    cross join locked as l
    cross join caller as c
    where p.user_id = n.id
        and (
            (l.is_active and not n.is_active)
            or (l.password_hash <> n.password_hash and c.id is distinct from n.id)
        )
    returning p.user_id
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $9::uuid, 'user.update', c.id, u.id, $10::text, $11::text,
        coalesce(jsonb_object_agg(m.key, m.value) filter (where m.key <> 'password_hash'), '{}'),
        -- The audit event records that a password was set, and the fingerprint of its hash.
        coalesce(jsonb_object_agg(m.key, to_jsonb(u) -> m.key) filter (where m.key <> 'password_hash'), '{}')
            || case
                when $8::text is null then '{}'
                else '{"password_changed": true}'::jsonb ||
                    -- include password_fingerprint
            end
            || case when exists (select from pin_deleted) then '{"pin_set": false}'::jsonb else '{}' end
    from updated as u
    cross join locked as l
    cross join caller as c
    cross join jsonb_each(to_jsonb(l)) as m
    where m.value <> to_jsonb(u) -> m.key
    group by u.id, u.password_hash, c.id
), revoked as (
    update credentials as k
    set revoked_at = now()
    from updated as n
    cross join checked as h
    where k.user_id = n.id
        and (h.is_switched or (h.is_sensitive and k.kind = 'LOGIN' and k.id is distinct from h.kept_login))
        -- include credential_is_valid
    returning k.*
), revocations_audited as (
    insert into audit_events (
        business_id, action, actor_id, request_id, client_request_id, id, cashier_id, before, after
    )
    select
        '00000000-0000-0000-0000-000000000000'::uuid, 'credential.revoke', c.id, $10::text, $11::text,
        -- include credential_revoked_event
    from revoked as k
    cross join caller as c
    cross join (select $9::uuid as event_id) as v
), current as (
    select * from updated
    union all
    select * from locked where not exists (select from updated)
)
select
    c.role as caller_role,
    coalesce(k.needs_recent_login, false) as needs_recent_login,
    coalesce(k.is_last_administrator, false) as is_last_administrator,
    -- include user_columns
from caller as c
left join checked as k on true
left join current as u on true;
