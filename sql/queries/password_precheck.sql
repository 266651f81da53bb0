-- Returns the data that a password change is checked against.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  idempotency key, or null
-- Returns one row if the bearer is valid, else none: their e-mail, the fingerprint of the idempotency key's first
-- request, the kind of the caller's credential, and whether it is a login by PIN.
select
    u.email,
    k.fingerprint,
    r.kind,
    c.terminal_id is not null as is_by_pin
from (
    -- include caller
) as c
join users as u on u.id = c.id
join credentials as r on r.id = c.credential_id
left join idempotency_keys as k
    on k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
    and k.user_id = u.id
    and k.operation = 'user.password'
    and k.key = $2::text;
