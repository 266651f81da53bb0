-- A credential without its hash, in the order in which `Credential` reads it from a row.
-- Aliases: k, the credential; u, its user.
k.id,
k.user_id,
u.email,
k.kind,
k.name,
k.created_at,
k.expires_at,
k.last_used_at,
k.revoked_at
