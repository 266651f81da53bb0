-- Forgets answers that were kept for seven days, some at a time, so that no lock is held for long. Any number of
-- processes may do it at once.
-- $1 integer  how many at the most
-- Answers nothing; the number of rows says whether there may be more.
delete from idempotency_keys as k
using (
    select business_id, user_id, operation, key
    from idempotency_keys
    where created_at < now() - interval '7 days'
    order by created_at
    limit $1::integer
    for update skip locked
) as old
where k.business_id = old.business_id
    and k.user_id = old.user_id
    and k.operation = old.operation
    and k.key = old.key;
