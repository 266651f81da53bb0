-- Returns the caller's open sessions in all businesses.
-- $1 uuid  caller
-- $2 integer  maximum number of sessions
-- Returns one row per session: the caller's role, true, then the session.
select
    u.role,
    true as sees_business,
    -- include session_columns
from users as u
join cash_sessions as s
    on s.cashier_id = u.id
    and s.status = 'OPEN'
    and s.is_deleted = false
join businesses as b on b.id = s.business_id
where u.id = $1::uuid
    and u.is_active
order by s.opened_at desc, s.id desc
limit $2::integer;
