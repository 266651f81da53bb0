-- What an open should know before it tries: who asks, whether they may, and which session is in the way.
-- A refused open ends here, with one read and nothing written.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  cashier who would hold the session
-- $4 text  idempotency key, or null
-- Answers one row if the caller is an active user, else none.
select
    u.role,
    b.id is not null as sees_business,
    coalesce(b.is_active, false) as business_is_active,
    c.id is not null as cashier_is_ready,
    now() as instant,
    k.fingerprint,
    s.id,
    s.session_number,
    s.status,
    s.opened_at,
    s.opened_at at time zone s.time_zone as opened_local,
    now() at time zone s.time_zone as now_local,
    s.business_date,
    s.time_zone,
    s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale,
    s.version,
    holder.name as cashier_name
from users as u
left join businesses as b
    on b.id = $2::uuid
    and (
        u.role = 'ADMIN'
        or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = u.id)
    )
-- A cashier of the business; an administrator may hold a session anywhere, their own.
left join users as c
    on c.id = $3::uuid
    and c.is_active
    and (
        (c.id = u.id and u.role = 'ADMIN')
        or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = c.id)
    )
left join cash_sessions as s
    on s.business_id = b.id
    and s.cashier_id = $3::uuid
    and s.status = 'OPEN'
    and s.is_deleted = false
left join users as holder on holder.id = s.cashier_id
left join idempotency_keys as k
    on k.business_id = b.id
    and k.user_id = u.id
    and k.operation = 'session.open'
    and k.key = $4::text
where u.id = $1::uuid
    and u.is_active;
