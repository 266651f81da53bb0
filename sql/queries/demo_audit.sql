-- Audits that the demo data was loaded, in one transaction with demo_business.sql, demo_user.sql and
-- demo_assignment.sql. These audit each change of a row.
-- $1 uuid  audit event
-- $2 uuid[]  businesses
-- $3 uuid[]  users
-- Returns nothing.
insert into audit_events (business_id, id, action, after)
values (
    '00000000-0000-0000-0000-000000000000'::uuid, $1::uuid, 'demo.seed',
    jsonb_build_object('businesses', $2::uuid[], 'users', $3::uuid[])
);
