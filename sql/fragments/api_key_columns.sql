-- An API key without its hash, in the order in which `APIKey` reads it from a row.
-- Aliases: k, the key; u, its user.
k.id,
k.user_id,
u.email,
k.name,
k.created_at,
k.expires_at,
k.revoked_at
