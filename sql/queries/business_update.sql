-- Changes a business in one statement. The statement locks it, checks the caller, writes the changed columns and audits
-- only these.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
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
-- $12 boolean  whether $13 replaces the last day of the closed books
-- $13 date  last day of the closed books, or null for none
-- $14 text  client's request id, or null
-- $15 boolean  blind_count, or null to keep it
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, then
-- the current business, whose columns are null if there is none that the caller may change. A duplicate name violates
-- uq_businesses_name.
with caller as (
    -- include caller_or_command_line
), locked as (
    -- Locked, so this is the row's newest version even after a lock wait.
    select b.*
    from caller as c
    join businesses as b on b.id = $2::uuid
    where c.role = 'ADMIN'
    for no key update of b
), requested as (
    select
        l.id,
        coalesce($3::text, l.name) as name,
        coalesce($4::text, l.currency) as currency,
        coalesce($5::text, l.time_zone) as time_zone,
        coalesce(time '00:00' + make_interval(mins => $6::integer), l.day_cutoff) as day_cutoff,
        coalesce($7::integer, l.stale_after_hours) as stale_after_hours,
        coalesce($8::integer, l.edit_window_hours) as edit_window_hours,
        coalesce($9::boolean, l.is_active) as is_active,
        case when $12::boolean then $13::date else l.books_closed_until end as books_closed_until,
        coalesce($15::boolean, l.blind_count) as blind_count
    from locked as l
), updated as (
    update businesses as b
    set name = r.name,
        currency = r.currency,
        time_zone = r.time_zone,
        day_cutoff = r.day_cutoff,
        stale_after_hours = r.stale_after_hours,
        edit_window_hours = r.edit_window_hours,
        is_active = r.is_active,
        books_closed_until = r.books_closed_until,
        blind_count = r.blind_count
    from locked as l
    join requested as r on r.id = l.id
    where b.id = l.id
        and (
            l.name, l.currency, l.time_zone, l.day_cutoff, l.stale_after_hours, l.edit_window_hours, l.is_active,
            l.books_closed_until, l.blind_count
        ) is distinct from (
            r.name, r.currency, r.time_zone, r.day_cutoff, r.stale_after_hours, r.edit_window_hours, r.is_active,
            r.books_closed_until, r.blind_count
        )
    returning b.*
), audited as (
    insert into audit_events (business_id, id, action, actor_id, request_id, client_request_id, before, after)
    select
        n.id, $10::uuid, 'business.update', c.id, $11::text, $14::text,
        jsonb_object_agg(m.key, m.value), jsonb_object_agg(m.key, to_jsonb(n) -> m.key)
    from updated as n
    cross join locked as l
    cross join caller as c
    cross join jsonb_each(to_jsonb(l)) as m
    where m.value <> to_jsonb(n) -> m.key
    group by n.id, c.id
), current as (
    select * from updated
    union all
    select * from locked where not exists (select from updated)
)
select
    c.role,
    b.id is not null
        or exists (select from business_cashiers as a where a.business_id = $2::uuid and a.cashier_id = c.id)
        as sees_business,
    -- include business_columns
from caller as c
left join current as b on true;
