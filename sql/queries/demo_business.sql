-- Creates a business of the demo data, or restores the one with this name, and audits it.
-- $1 uuid  business to create, if the name is new
-- $2 text  name
-- $3 text  currency
-- $4 text  time zone
-- Returns one row: its id.
with existing as (
    select b.*
    from businesses as b
    where lower(b.name) = lower($2::text)
    for no key update
), created as (
    insert into businesses (id, name, currency, time_zone)
    select $1::uuid, $2::text, $3::text, $4::text
    where not exists (select from existing)
    returning *
), restored as (
    update businesses as b
    set currency = $3::text,
        time_zone = $4::text,
        is_active = true
    from existing as e
    where b.id = e.id
        and (e.currency, e.time_zone, e.is_active) is distinct from ($3::text, $4::text, true)
    returning b.*
), audited as (
    insert into audit_events (business_id, id, action, after)
    select c.id, gen_random_uuid(), 'business.create', to_jsonb(c)
    from created as c
), audited_restore as (
    insert into audit_events (business_id, id, action, before, after)
    select
        r.id, gen_random_uuid(), 'business.update',
        jsonb_object_agg(m.key, m.value), jsonb_object_agg(m.key, to_jsonb(r) -> m.key)
    from restored as r
    cross join existing as e
    cross join jsonb_each(to_jsonb(e)) as m
    where m.value <> to_jsonb(r) -> m.key
    group by r.id
)
select c.id from created as c
union all
select e.id from existing as e;
