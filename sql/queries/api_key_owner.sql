-- Returns the user of an API key. It runs on every request with a key, so a revocation takes effect at once.
-- $1 bytea  SHA-256 of the key
-- Returns one row if the key is valid and its user is active, else none.
select
    u.id,
    u.locale
from api_keys as k
join users as u on u.id = k.user_id
where k.secret_hash = $1::bytea
    and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now())
    and u.is_active;
