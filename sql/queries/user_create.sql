-- Creates an account and its audit event.
-- $1 uuid  user
-- $2 text  e-mail
-- $3 text  name
-- $4 text  role: ADMIN or CASHIER
-- $5 text  locale: es-PY or en
-- $6 text  password hash
-- $7 uuid  audit event
-- Answers one row: its id. An address that is taken violates uq_users_email.
with created as (
    insert into users (id, email, name, role, locale, password_hash)
    values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text)
    returning id, email, name, role, locale
), audited as (
    insert into audit_events (business_id, id, action, after)
    select '00000000-0000-0000-0000-000000000000'::uuid, $7::uuid, 'user.create', to_jsonb(c)
    from created as c
)
select c.id
from created as c;
