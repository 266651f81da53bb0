-- Returns the account of an e-mail, case-insensitive.
-- $1 text  e-mail
-- Answers one row, or none. Inactive accounts are included.
select
    u.id,
    u.email,
    u.name,
    u.role,
    u.locale,
    u.is_active,
    u.password_hash
from users as u
where lower(u.email) = lower($1::text);
