-- The caller: the active user of a valid credential. There is no row for any other bearer.
-- Parameter: $1, SHA-256 of the bearer.
select
    u.id,
    -- include role_of_caller
    as role,
    k.id as credential_id,
    -- Creating an administrator, and changing a password, a role or an e-mail, need a recent login.
    k.kind = 'LOGIN'
    and k.terminal_id is null
    and k.created_at > now() - interval '10 minutes' as has_recent_login,
    -- The terminal of a login by PIN.
    k.terminal_id
from credentials as k
join users as u on u.id = k.user_id and u.is_active
where k.secret_hash = $1::bytea
    -- include credential_is_valid
