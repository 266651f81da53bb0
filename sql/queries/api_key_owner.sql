-- Whom an API key speaks for: asked at every request that comes with one, so that a revocation is never late.
-- $1 bytea  SHA-256 of the key
-- Answers one row if the key holds and its user is active, else none.
select
    u.id,
    u.locale
from api_keys as k
join users as u on u.id = k.user_id
where k.secret_hash = $1::bytea
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now())
    and u.is_active;
