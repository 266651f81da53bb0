-- An account with its password hash, in the order in which `Account` reads it from a row.
-- Alias: u, the user.
u.id,
u.email,
u.name,
u.role,
u.locale,
u.is_active,
u.password_hash
