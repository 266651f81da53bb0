-- An account without its password hash, in the order in which `StaffMember` reads it from a row.
-- Alias: u, the user.
u.id,
u.email,
u.name,
u.role,
u.locale,
u.is_active,
u.created_at
