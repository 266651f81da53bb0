-- Removes a counted login attempt; see login_admit.sql.
-- $1 text  e-mail of the account
-- $2 text  client's address, or null
-- $3 boolean  whether the password was right, which clears the account; false if it could not be checked
-- Returns one row, which the service ignores.
select forgive_login($1::text, $2::text, $3::boolean)::text as nothing;
