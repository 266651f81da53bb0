-- Counts an attempt to give a password as a failure before it is checked, or refuses it: of many at once only so many
-- are checked as would be one after the other.
-- $1 text  e-mail of the account
-- $2 text  client's address, or null
-- Answers one row: 0 if it was counted, else for how many seconds no password is checked.
select admit_login($1::text, $2::text) as wait_seconds;
