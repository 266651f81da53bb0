-- Returns the account that an earlier request with the same idempotency key created. Its password confirms a repeated
-- request.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  idempotency key, or null
-- Returns one row if the bearer is valid, else none: the caller's role, then the e-mail of the created account and the
-- fingerprint of the first request; both are null if there was none.
select
    u.role as caller_role,
    n.email,
    k.fingerprint
from (
    -- include caller
) as u
left join idempotency_keys as k
    on k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
    and k.user_id = u.id
    and k.operation = 'user.create'
    and k.key = $2::text
left join users as n on n.id = (k.answer ->> 'id')::uuid;
