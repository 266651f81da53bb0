-- Sets the time of the last use of valid credentials to now. It skips a credential whose row is locked: another replica
-- writes the same time, or the credential is being revoked.
-- $1 uuid[]  credentials
-- Returns nothing.
with unlocked as (
    select k.id
    from credentials as k
    where k.id = any ($1::uuid[])
        -- include credential_is_valid
    for no key update skip locked
)
update credentials as k
set last_used_at = now()
from unlocked as u
where k.id = u.id;
