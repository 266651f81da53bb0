-- Audits the demo data: one event with the rows as they are after demo_business.sql, demo_user.sql and
-- demo_assignment.sql, in one transaction with them.
-- $1 uuid  audit event
-- $2 uuid[]  businesses
-- $3 uuid[]  users
-- Returns nothing.
insert into audit_events (business_id, id, action, after)
select
    '00000000-0000-0000-0000-000000000000'::uuid, $1::uuid, 'demo.seed',
    jsonb_build_object(
        'businesses', (select jsonb_agg(to_jsonb(b) order by b.id) from businesses as b where b.id = any ($2::uuid[])),
        'users',
        (select jsonb_agg(to_jsonb(u) - 'password_hash' order by u.id) from users as u where u.id = any ($3::uuid[])),
        'business_cashiers',
        (
            select jsonb_agg(to_jsonb(a) order by a.business_id, a.cashier_id)
            from business_cashiers as a
            where a.business_id = any ($2::uuid[])
                and a.cashier_id = any ($3::uuid[])
        )
    );
