-- A terminal without its hash, in the order in which `Terminal` reads it from a row.
-- Alias: k, the terminal.
k.id,
k.business_id,
k.name,
k.created_at,
k.last_used_at,
k.revoked_at
