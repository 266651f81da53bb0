-- Returns whether a login may check a password now, and its account. The e-mail is case-insensitive.
-- $1 text  e-mail
-- $2 text  client's address, or null
-- Returns one row: the seconds until a password check is allowed (login_admit.sql decides; this saves its writes during
-- a flood of logins), then the account, whose columns are null if there is none. Inactive accounts are included, so
-- that they cost the same time.
select
    login_wait_seconds(login_subjects($1::text, $2::text), now()) as wait_seconds,
    -- include account_columns
from (select) as one
left join users as u on lower(u.email) = lower($1::text);
