-- Locks the caller's own account until the transaction ends. A login of this user waits, or has finished and is visible
-- to the next statement. The statement does not wait while the first request with the idempotency key is running.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 text  idempotency key, or null
-- Returns one row if the bearer is valid, else none: whether the idempotency key was free to use.
with caller as (
    -- include caller
), key_lock as materialized (
    select
        $2::text is null
        or pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', c.id, 'user.password', $2::text), 0)) as is_free
    from caller as c
), locked as (
    select u.id
    from caller as c
    join key_lock as k on k.is_free
    join users as u on u.id = c.id
    for no key update of u
)
select k.is_free
from key_lock as k
left join locked as l on true;
