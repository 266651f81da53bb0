-- Counts a wrong PIN of a user at a terminal.
-- $1 bytea  SHA-256 of the terminal's bearer
-- $2 uuid  user, or null if the terminal's business has no such active cashier: nothing is counted
-- Returns nothing.
insert into pin_failures as f (terminal_id, user_id, failures, last_at)
select k.id, $2::uuid, 1, clock_timestamp()
from credentials as k
where k.secret_hash = $1::bytea
    and k.business_id is not null
    and $2::uuid is not null
on conflict (user_id, terminal_id) do update
set failures = least(10, f.failures + 1),
    last_at = clock_timestamp();
