-- Returns whether a PIN may be checked at a terminal now, and its hash. It names the user by id or by e-mail.
-- Each wrong PIN from the fifth on doubles the wait, from 30 s on. After the tenth, no PIN of the user is checked at
-- this terminal.
-- $1 bytea  SHA-256 of the terminal's bearer
-- $2 uuid  user, or null
-- $3 text  e-mail, case-insensitive, if $2 is null
-- Returns one row if the terminal's bearer is valid, else none: the seconds until a PIN is checked, whether a password
-- is needed, then id, e-mail and PIN hash of the user. These are null if there is no such active cashier of the
-- terminal's business; the hash is also null if the user has no PIN.
select
    case
        when f.failures >= 5 then greatest(
            0, ceil(extract(epoch from f.last_at - now()) + 30 * power(2, f.failures - 5))
        )::integer
        else 0
    end as wait_seconds,
    coalesce(f.failures >= 10, false) as needs_password,
    u.id,
    u.email,
    p.pin_hash
from credentials as k
left join lateral (
    select n.id, n.email
    from users as n
    join business_cashiers as a on a.business_id = k.business_id and a.cashier_id = n.id
    where n.id = coalesce($2::uuid, (select o.id from users as o where lower(o.email) = lower($3::text)))
        and n.is_active
) as u on true
left join user_pins as p on p.user_id = u.id
left join pin_failures as f on f.user_id = u.id and f.terminal_id = k.id
where k.secret_hash = $1::bytea
    and k.business_id is not null
    -- include credential_is_valid
;
