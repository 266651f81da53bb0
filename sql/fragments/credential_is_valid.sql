-- The condition of a credential that is valid, unless its user is inactive.
-- Alias: k, the credential.
and k.revoked_at is null
and coalesce(k.expires_at > now(), true)
