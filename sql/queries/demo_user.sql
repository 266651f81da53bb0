-- Creates a user of the demo data, or restores the one with this e-mail.
-- $1 uuid  id for a new user
-- $2 text  e-mail
-- $3 text  name
-- $4 text  role
-- $5 text  password hash
-- Returns one row: its id.
insert into users (id, email, name, role, password_hash)
values ($1::uuid, $2::text, $3::text, $4::text, $5::text)
on conflict (lower(email)) do update
set name = excluded.name,
    role = excluded.role,
    password_hash = excluded.password_hash,
    is_active = true
returning id;
