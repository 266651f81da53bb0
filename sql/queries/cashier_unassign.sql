-- Removes an assignment and audits it, unless the cashier has an open session there. It follows assignment_lock.sql in
-- one transaction, so no open can occur in between.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  business
-- $3 uuid  cashier
-- $4 uuid  audit event
-- $5 text  request id, or null for the command line
-- $6 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, whether
-- there is such a user, the database's clock, then the existing session, whose columns are null if there is none.
with caller as (
    -- include caller_or_command_line
), visible_business as (
    select b.id, b.name, b.currency, b.stale_after_hours, b.books_closed_until
    from caller as u
    join businesses as b
        on b.id = $2::uuid
        -- include caller_sees_business
), existing as (
    select s.*
    from visible_business as b
    join business_cashiers as a on a.business_id = b.id and a.cashier_id = $3::uuid
    join cash_sessions as s
        on s.business_id = a.business_id
        and s.cashier_id = a.cashier_id
        and s.status = 'OPEN'
        and s.is_deleted = false
), removed as (
    delete from business_cashiers as a
    using caller as u
    where a.business_id = $2::uuid
        and a.cashier_id = $3::uuid
        and u.role = 'ADMIN'
        and not exists (select from existing)
    returning a.*
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, before
    )
    select a.business_id, $4::uuid, 'cashier.unassign', u.id, a.cashier_id, $5::text, $6::text, to_jsonb(a)
    from removed as a
    cross join caller as u
)
select
    u.role,
    exists (select from visible_business) as sees_business,
    exists (select from users as n where n.id = $3::uuid) as is_user,
    now()::timestamptz(3) as instant,
    -- include existing_session_columns
from caller as u
left join existing as s on true
left join visible_business as b on b.id = s.business_id
left join users as c on c.id = s.cashier_id;
