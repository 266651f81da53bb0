-- Returns cashiers with more than one open session in a business, and these sessions. The most recently used session
-- comes first and is the one to keep. A conflict that names a session does not count as use.
-- $1 uuid  caller, or null for the database operator
-- $2 integer  maximum number of open-session keys
-- $3 integer  maximum number of sessions per key
-- Returns one row per session, with the caller's role; one row without a session if there is none, or if the caller is
-- not an administrator; no row if the caller is not an active user.
with caller as (
    select u.role
    from users as u
    where u.id = $1::uuid
        and u.is_active
    union all
    select 'ADMIN' where $1::uuid is null
), duplicated_keys as (
    select o.business_id, o.cashier_id, count(*) as open_sessions
    from cash_sessions as o
    where o.status = 'OPEN'
        and o.is_deleted = false
        and exists (select from caller as c where c.role = 'ADMIN')
    group by o.business_id, o.cashier_id
    having count(*) > 1
    order by o.business_id, o.cashier_id
    limit $2::integer
)
select
    c.role,
    d.business_id,
    b.name as business_name,
    d.cashier_id,
    h.name as cashier_name,
    d.open_sessions,
    s.id,
    s.session_number,
    s.opened_at,
    s.last_activity_at
from caller as c
left join duplicated_keys as d on true
left join businesses as b on b.id = d.business_id
left join users as h on h.id = d.cashier_id
left join lateral (
    select o.id, o.session_number, o.opened_at, greatest(o.opened_at, e.last_at) as last_activity_at
    from cash_sessions as o
    left join lateral (
        select max(a.occurred_at) as last_at
        from audit_events as a
        where a.business_id = o.business_id
            and a.session_id = o.id
            and a.action <> 'session.open_conflict'
    ) as e on true
    where o.business_id = d.business_id
        and o.cashier_id = d.cashier_id
        and o.status = 'OPEN'
        and o.is_deleted = false
    order by last_activity_at desc, o.opened_at desc, o.id desc
    limit $3::integer
) as s on true
order by d.business_id, d.cashier_id, s.last_activity_at desc, s.opened_at desc, s.id desc;
