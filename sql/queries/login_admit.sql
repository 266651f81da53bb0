-- Counts a login attempt as a failure before the password check, or rejects it. So concurrent attempts get no more
-- password checks than sequential ones.
-- $1 text  e-mail of the account
-- $2 text  client's address, or null
-- Returns one row: 0 if the attempt was counted, else the seconds until the next password check is allowed.
select admit_login($1::text, $2::text) as wait_seconds;
