-- The caller of one position of a batched read. It is one index lookup: without the limit, the planner would choose a
-- full scan while the table is small, and cache that plan.
-- Alias: q, with bearer_hash, SHA-256 of the bearer.
select
    u.id,
    -- include role_of_caller
    as role,
    k.terminal_id
from credentials as k
join users as u on u.id = k.user_id and u.is_active
where k.secret_hash = q.bearer_hash
    -- include credential_is_valid
limit 1
