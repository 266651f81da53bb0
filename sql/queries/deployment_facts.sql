-- Returns facts that distinguish a production database from a demo, and a safe login from an unsafe one.
-- Returns one row: the database, the login, whether the login is or can become a superuser, the number of active demo
-- accounts, and the number of accounts that are not demo accounts.
select
    current_database()::text as database,
    session_user::text as login,
    exists (
        select from pg_roles as r where r.rolsuper and pg_has_role(session_user, r.oid, 'member')
    ) as may_become_superuser,
    -- Nobody has a real address in the domain `example` (RFC 2606).
    count(*) filter (where u.email ilike '%@demo.example' and u.is_active) as demo_accounts,
    count(*) filter (where u.email not ilike '%@demo.example') as real_accounts
from users as u;
