-- Removes an assignment and audits it, unless the cashier has an open session there. It follows assignment_lock.sql in
-- one transaction, so no open can occur in between.
-- $1 uuid  caller, or null for the command line
-- $2 uuid  business
-- $3 uuid  cashier
-- $4 uuid  audit event
-- $5 text  request id, or null for the command line
-- Answers one row if the caller is an active user, else none: the caller's role, whether they see the business, whether
-- there is such a user, then the existing session, whose columns are null if there is none.
with caller as (
    select u.id, u.role
    from users as u
    where u.id = $1::uuid
        and u.is_active
    union all
    select null, 'ADMIN'
    where $1::uuid is null
), place as (
    select b.id, b.stale_after_hours
    from caller as c
    join businesses as b
        on b.id = $2::uuid
        and (
            c.role = 'ADMIN'
            or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = c.id)
        )
), standing as (
    select s.*, b.stale_after_hours, n.name as cashier_name
    from place as b
    join business_cashiers as a on a.business_id = b.id and a.cashier_id = $3::uuid
    join cash_sessions as s
        on s.business_id = a.business_id
        and s.cashier_id = a.cashier_id
        and s.status = 'OPEN'
        and s.is_deleted = false
    join users as n on n.id = s.cashier_id
), removed as (
    delete from business_cashiers as a
    using caller as c
    where a.business_id = $2::uuid
        and a.cashier_id = $3::uuid
        and c.role = 'ADMIN'
        and not exists (select from standing)
    returning a.business_id, a.cashier_id
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, request_id)
    select a.business_id, $4::uuid, 'cashier.unassign', $1::uuid, a.cashier_id, $5::text
    from removed as a
)
select
    c.role,
    exists (select from place) as sees_business,
    exists (select from users as n where n.id = $3::uuid) as is_user,
    s.id,
    s.session_number,
    s.status,
    s.opened_at,
    s.opened_at at time zone s.time_zone as opened_local,
    now() at time zone s.time_zone as now_local,
    s.business_date,
    s.time_zone,
    s.opened_at + make_interval(hours => s.stale_after_hours) < now() as is_stale,
    s.version,
    s.cashier_name
from caller as c
left join standing as s on true;
