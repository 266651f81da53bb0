-- Returns the account of an e-mail, case-insensitive.
-- $1 text  e-mail
-- Returns one row, or none. Inactive accounts are included.
select
    -- include account_columns
from users as u
where lower(u.email) = lower($1::text);
