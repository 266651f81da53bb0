-- Returns cashiers with more than one open session in a business, and these sessions. The most recently used session
-- comes first and is the one to keep. A conflict that names a session does not count as use.
-- It also runs before the schema is up to date, so it reads no table of credentials. The service checks the caller.
-- $1 integer  maximum number of open-session keys
-- $2 integer  maximum number of sessions per key
-- Returns one row per session.
with duplicated_keys as (
    select o.business_id, o.cashier_id, count(*) as open_sessions
    from cash_sessions as o
    where o.status = 'OPEN'
        and o.is_deleted = false
    group by o.business_id, o.cashier_id
    having count(*) > 1
    order by o.business_id, o.cashier_id
    limit $1::integer
)
select
    d.business_id,
    b.name as business_name,
    d.cashier_id,
    h.name as cashier_name,
    d.open_sessions,
    s.id,
    s.session_number,
    s.opened_at,
    s.last_activity_at
from duplicated_keys as d
join businesses as b on b.id = d.business_id
join users as h on h.id = d.cashier_id
cross join lateral (
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
    limit $2::integer
) as s
order by d.business_id, d.cashier_id, s.last_activity_at desc, s.opened_at desc, s.id desc;
