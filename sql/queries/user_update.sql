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
-- Answers one row if the caller is an active user, else none: the caller's role, whether the change was rejected
-- because it would leave no active administrator, then the current user, whose columns are null if there is none that
-- the caller may change. A duplicate e-mail violates uq_users_email.
with caller as (
    select u.id, u.role
    from users as u
    where u.id = $1::uuid
        and u.is_active
    union all
    select null, 'ADMIN'
    where $1::uuid is null
), standing as (
    -- Locked, so this is the row's newest version even after a lock wait.
    select u.*
    from caller as c
    join users as u on u.id = $2::uuid
    where c.role = 'ADMIN'
    for no key update of u
), wanted as (
    select
        t.id,
        coalesce($3::text, t.email) as email,
        coalesce($4::text, t.name) as name,
        coalesce($5::text, t.role) as role,
        coalesce($6::text, t.locale) as locale,
        coalesce($7::boolean, t.is_active) as is_active,
        coalesce($8::text, t.password_hash) as password_hash
    from standing as t
), judged as (
    select
        t.role = 'ADMIN'
        and t.is_active
        and not (w.role = 'ADMIN' and w.is_active)
        and not exists (select from users as o where o.id <> t.id and o.role = 'ADMIN' and o.is_active)
        as is_last_administrator
    from standing as t
    cross join wanted as w
), updated as (
    update users as u
    set email = w.email,
        name = w.name,
        role = w.role,
        locale = w.locale,
        is_active = w.is_active,
        password_hash = w.password_hash
    from standing as t
    join wanted as w on w.id = t.id
    cross join judged as j
    where u.id = t.id
        and not j.is_last_administrator
        and (t.email, t.name, t.role, t.locale, t.is_active, t.password_hash)
            is distinct from (w.email, w.name, w.role, w.locale, w.is_active, w.password_hash)
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
    cross join standing as t
    cross join jsonb_each(to_jsonb(t)) as m
    where m.value <> to_jsonb(n) -> m.key
    group by n.id
), answered as (
    select * from updated
    union all
    select * from standing where not exists (select from updated)
)
select
    c.role as caller_role,
    coalesce(j.is_last_administrator, false) as is_last_administrator,
    u.id,
    u.email,
    u.name,
    u.role,
    u.locale,
    u.is_active,
    u.created_at
from caller as c
left join judged as j on true
left join answered as u on true;
