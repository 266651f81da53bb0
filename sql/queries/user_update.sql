-- Changes an account in one statement. The statement locks it, checks the caller, writes the changed columns and audits
-- only these. It rejects a change that would leave no active administrator. It follows administrators_lock.sql in one
-- transaction.
-- $1 uuid  caller, or null for the command line
-- $2 uuid  user
-- $3 text  e-mail, or null to keep it, as for all parameters that follow
-- $4 text  name
-- $5 text  role: ADMIN or CASHIER
-- $6 text  locale: es-PY or en
-- $7 boolean  is_active
-- $8 text  password hash
-- $9 uuid  audit event
-- $10 text  request id, or null for the command line
-- Returns one row if the caller is an active user, else none: the caller's role, whether the change was rejected
-- because it would leave no active administrator, then the current user, whose columns are null if there is none that
-- the caller may change. A duplicate e-mail violates uq_users_email.
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
        as is_last_administrator
    from locked as l
    cross join requested as r
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
        and (l.email, l.name, l.role, l.locale, l.is_active, l.password_hash)
            is distinct from (r.email, r.name, r.role, r.locale, r.is_active, r.password_hash)
    returning u.*
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, request_id, before, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $9::uuid, 'user.update', $1::uuid, n.id, $10::text,
        coalesce(jsonb_object_agg(m.key, m.value) filter (where m.key <> 'password_hash'), '{}'),
        -- The audit event records that a password was set, but not its value.
        coalesce(jsonb_object_agg(m.key, to_jsonb(n) -> m.key) filter (where m.key <> 'password_hash'), '{}')
            || case when $8::text is null then '{}' else '{"password_changed": true}' end::jsonb
    from updated as n
    cross join locked as l
    cross join jsonb_each(to_jsonb(l)) as m
    where m.value <> to_jsonb(n) -> m.key
    group by n.id
), current as (
    select * from updated
    union all
    select * from locked where not exists (select from updated)
)
select
    c.role as caller_role,
    coalesce(k.is_last_administrator, false) as is_last_administrator,
    -- include user_columns
from caller as c
left join checked as k on true
left join current as u on true;
