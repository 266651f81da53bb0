-- Returns the terminal that sends the request, and its business.
-- $1 bytea  SHA-256 of the terminal's bearer
-- Only a terminal has a business.
-- Returns one row if the bearer is that of a valid terminal, else none: the terminal, then its business.
select
    k.id as terminal_id,
    k.business_id,
    k.name as terminal_name,
    k.created_at as terminal_created_at,
    k.last_used_at,
    k.revoked_at,
    -- include business_columns
from (
    -- The limit makes the business one index lookup.
    select *
    from credentials as k
    where k.secret_hash = $1::bytea
        -- include credential_is_valid
    limit 1
) as k
join businesses as b on b.id = k.business_id;
