-- Returns the principal of a bearer. The service caches it, so it decides nothing: each statement reads the credential
-- and the user again.
-- $1 bytea  SHA-256 of the bearer
-- Returns one row if the bearer is valid, else none: the credential, its user, its kind and the user's language.
select
    c.credential_id,
    c.id,
    k.kind,
    u.locale
from (
    -- include caller
) as c
join credentials as k on k.id = c.credential_id
join users as u on u.id = c.id;
