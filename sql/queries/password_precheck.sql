-- Returns the data that a password change is checked against.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  idempotency key, or null
-- Returns one row if the bearer is valid, else none: their e-mail, and the fingerprint of the idempotency key's first
-- request.
select
    u.email,
    k.fingerprint
from (
    -- include caller
) as c
join users as u on u.id = c.id
left join idempotency_keys as k
    on k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
    and k.user_id = u.id
    and k.operation = 'user.password'
    and k.key = $2::text;
