-- Creates a user of the demo data, or restores the one with this e-mail, and audits it.
-- $1 uuid  id for a new user
-- $2 text  e-mail
-- $3 text  name
-- $4 text  role
-- $5 text  password hash
-- Returns one row: its id.
with existing as (
    select u.*
    from users as u
    where lower(u.email) = lower($2::text)
    for no key update
), created as (
    insert into users (id, email, name, role, password_hash)
    select $1::uuid, $2::text, $3::text, $4::text, $5::text
    where not exists (select from existing)
    returning *
), restored as (
    update users as u
    set name = $3::text,
        role = $4::text,
        password_hash = $5::text,
        is_active = true
    from existing as e
    where u.id = e.id
    returning u.*
), audited as (
    insert into audit_events (business_id, id, action, cashier_id, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, gen_random_uuid(), 'user.create', u.id,
        to_jsonb(u) - 'password_hash' ||
            -- include password_fingerprint
    from created as u
), audited_restore as (
    insert into audit_events (business_id, id, action, cashier_id, before, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, gen_random_uuid(), 'user.update', u.id,
        coalesce(jsonb_object_agg(m.key, m.value) filter (where m.key <> 'password_hash'), '{}'),
        coalesce(jsonb_object_agg(m.key, to_jsonb(u) -> m.key) filter (where m.key <> 'password_hash'), '{}')
            || '{"password_changed": true}'::jsonb ||
                -- include password_fingerprint
    from restored as u
    cross join existing as e
    cross join jsonb_each(to_jsonb(e)) as m
    where m.value <> to_jsonb(u) -> m.key
    group by u.id, u.password_hash
)
select c.id from created as c
union all
select e.id from existing as e;
