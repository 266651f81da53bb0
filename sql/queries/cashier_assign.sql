-- Assigns a user to a business and audits it. It changes nothing if the assignment exists.
-- $1 uuid  caller, or null for the command line
-- $2 uuid  business
-- $3 uuid  user to assign
-- $4 uuid  audit event
-- $5 text  request id, or null for the command line
-- Answers one row if the caller is an active user, else none: the caller's role, whether they see the business, and
-- whether there is such a user.
with caller as (
    select u.id, u.role
    from users as u
    where u.id = $1::uuid
        and u.is_active
    union all
    select null, 'ADMIN'
    where $1::uuid is null
), place as (
    select b.id
    from caller as c
    join businesses as b
        on b.id = $2::uuid
        and (
            c.role = 'ADMIN'
            or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = c.id)
        )
), person as (
    select u.id
    from users as u
    where u.id = $3::uuid
), assigned as (
    insert into business_cashiers (business_id, cashier_id)
    select b.id, n.id
    from caller as c
    cross join place as b
    cross join person as n
    where c.role = 'ADMIN'
    on conflict (business_id, cashier_id) do nothing
    returning business_id, cashier_id
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, request_id)
    select a.business_id, $4::uuid, 'cashier.assign', $1::uuid, a.cashier_id, $5::text
    from assigned as a
)
select
    c.role,
    exists (select from place) as sees_business,
    exists (select from person) as is_user
from caller as c;
