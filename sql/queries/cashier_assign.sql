-- Assigns a user to a business and audits it. It changes nothing if the assignment exists.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  business
-- $3 uuid  user to assign
-- $4 uuid  audit event
-- $5 text  request id, or null for the command line
-- $6 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, and
-- whether there is such a user.
with caller as (
    -- include caller_or_command_line
), visible_business as (
    -- include visible_business
), assignee as (
    select u.id
    from users as u
    where u.id = $3::uuid
), assigned as (
    insert into business_cashiers (business_id, cashier_id)
    select b.id, n.id
    from caller as u
    cross join visible_business as b
    cross join assignee as n
    where u.role = 'ADMIN'
    on conflict (business_id, cashier_id) do nothing
    returning *
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, request_id, client_request_id, after
    )
    select a.business_id, $4::uuid, 'cashier.assign', u.id, a.cashier_id, $5::text, $6::text, to_jsonb(a)
    from assigned as a
    cross join caller as u
)
select
    u.role,
    exists (select from visible_business) as sees_business,
    exists (select from assignee) as is_user
from caller as u;
