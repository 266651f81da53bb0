-- What a login begins with: whether a password may be checked now, and the account of an address, whatever its
-- capitals.
-- $1 text  e-mail
-- $2 text  client's address, or null
-- Answers one row: for how many seconds no password is checked (login_admit.sql decides; this saves a flood its
-- writes), then the account, whose columns are null if there is none. Inactive ones are answered, to cost the same.
select
    login_wait_seconds(login_subjects($1::text, $2::text), now()) as wait_seconds,
    u.id,
    u.email,
    u.name,
    u.role,
    u.locale,
    u.is_active,
    u.password_hash
from (select) as one
left join users as u on lower(u.email) = lower($1::text);
