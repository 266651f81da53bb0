-- Locks a terminal before it ends. A login by PIN holds a share lock of its terminal, so that the next statement sees
-- every such login, and a later one sees that the terminal has ended.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  terminal
-- Returns one row if there is such a terminal and the caller is an administrator, else none.
select k.id
from (
    -- include caller
) as c
join credentials as k
    on k.id = $3::uuid
    and k.business_id = $2::uuid
where c.role = 'ADMIN'
for no key update of k;
