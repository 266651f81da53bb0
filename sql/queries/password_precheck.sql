-- Returns the data that a password change is checked against.
-- $1 uuid  caller
-- $2 text  idempotency key, or null
-- Returns one row if the caller is an active user, else none: their e-mail, and the fingerprint of the idempotency key's
-- first request.
select
    u.email,
    k.fingerprint
from users as u
left join idempotency_keys as k
    on k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
    and k.user_id = u.id
    and k.operation = 'user.password'
    and k.key = $2::text
where u.id = $1::uuid
    and u.is_active;
