-- Changes a business in one statement. The statement locks it, checks the caller, writes the changed columns and audits
-- only these.
-- $1 uuid  caller, or null for the command line
-- $2 uuid  business
-- $3 text  name, or null to keep it, as for all parameters that follow it
-- $4 text  currency
-- $5 text  time zone
-- $6 integer  day_cutoff, in minutes after midnight
-- $7 integer  stale_after_hours
-- $8 integer  edit_window_hours
-- $9 boolean  is_active
-- $10 uuid  audit event
-- $11 text  request id, or null for the command line
-- Answers one row if the caller is an active user, else none: the caller's role, whether they see the business, then
-- the current business, whose columns are null if there is none that the caller may change. A duplicate name violates
-- uq_businesses_name.
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
    select b.*
    from caller as c
    join businesses as b on b.id = $2::uuid
    where c.role = 'ADMIN'
    for no key update of b
), wanted as (
    select
        t.id,
        coalesce($3::text, t.name) as name,
        coalesce($4::text, t.currency) as currency,
        coalesce($5::text, t.time_zone) as time_zone,
        coalesce(time '00:00' + make_interval(mins => $6::integer), t.day_cutoff) as day_cutoff,
        coalesce($7::integer, t.stale_after_hours) as stale_after_hours,
        coalesce($8::integer, t.edit_window_hours) as edit_window_hours,
        coalesce($9::boolean, t.is_active) as is_active
    from standing as t
), updated as (
    update businesses as b
    set name = w.name,
        currency = w.currency,
        time_zone = w.time_zone,
        day_cutoff = w.day_cutoff,
        stale_after_hours = w.stale_after_hours,
        edit_window_hours = w.edit_window_hours,
        is_active = w.is_active
    from standing as t
    join wanted as w on w.id = t.id
    where b.id = t.id
        and (
            t.name, t.currency, t.time_zone, t.day_cutoff, t.stale_after_hours, t.edit_window_hours, t.is_active
        ) is distinct from (
            w.name, w.currency, w.time_zone, w.day_cutoff, w.stale_after_hours, w.edit_window_hours, w.is_active
        )
    returning b.*
), audited as (
    insert into audit_events (business_id, id, action, actor_id, request_id, before, after)
    select
        n.id, $10::uuid, 'business.update', $1::uuid, $11::text,
        jsonb_object_agg(m.key, m.value), jsonb_object_agg(m.key, to_jsonb(n) -> m.key)
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
    c.role,
    b.id is not null
        or exists (select from business_cashiers as a where a.business_id = $2::uuid and a.cashier_id = c.id)
        as sees_business,
    b.id,
    b.name,
    b.currency,
    b.time_zone,
    (extract(epoch from b.day_cutoff) / 60)::integer as day_cutoff_minutes,
    b.stale_after_hours,
    b.edit_window_hours,
    b.is_active,
    b.created_at
from caller as c
left join answered as b on true;
