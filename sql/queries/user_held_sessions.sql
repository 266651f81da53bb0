-- Returns the open sessions that a user could no longer close after a change of the account: all of them if it becomes
-- inactive, and those in businesses without an assignment if an administrator becomes a cashier. user_lock.sql locked
-- the account before.
-- $1 uuid  user
-- $2 boolean  whether the account becomes inactive
-- $3 boolean  whether the account becomes a cashier's
-- $4 integer  maximum number of sessions
-- Returns one row per session, newest first: the database's clock, then the session.
select
    now()::timestamptz(3) as instant,
    -- include existing_session_columns
from users as c
join cash_sessions as s
    on s.cashier_id = c.id
    and s.status = 'OPEN'
    and s.is_deleted = false
join businesses as b on b.id = s.business_id
where c.id = $1::uuid
    and c.is_active
    and (
        $2::boolean
        or (
            $3::boolean
            and c.role = 'ADMIN'
            and not exists (
                select from business_cashiers as a where a.business_id = s.business_id and a.cashier_id = c.id
            )
        )
    )
    -- user_update.sql refuses to remove the last administrator, with or without `force`.
    and not (
        c.role = 'ADMIN'
        and not exists (select from users as o where o.id <> c.id and o.role = 'ADMIN' and o.is_active)
    )
order by s.opened_at desc, s.id desc
limit $4::integer;
