-- Returns the active cashiers of the business of the terminal that sends the request, in the order of their names.
-- $1 bytea  SHA-256 of the terminal's bearer
-- Returns no row if the bearer is not that of a valid terminal; otherwise at least one row: a cashier, and whether they
-- have a PIN; the columns are null if the business has no active cashier.
select
    c.id,
    c.name,
    exists (select from user_pins as p where p.user_id = c.id) as has_pin
from credentials as k
left join (business_cashiers as a join users as c on c.id = a.cashier_id and c.is_active)
    on a.business_id = k.business_id
where k.secret_hash = $1::bytea
    -- Only a terminal has a business.
    and k.business_id is not null
    -- include credential_is_valid
order by lower(c.name), c.id;
