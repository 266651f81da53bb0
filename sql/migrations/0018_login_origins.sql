-- migrate:up

-- Counts failed logins for an account and the address that they come from, and remembers from which addresses an
-- account logged in: docs/decisions/0019-login-throttle.md.
--
-- * `login_failures.origin` makes the accounts countable that failed from one address.
-- * `login_origins` has the pairs of account and address with a successful login.
-- * Both contain SHA-256 hashes only. The service deletes rows that no longer matter.
--
-- The previous program keeps working. It calls `admit_login` and `forgive_login`; a later version drops them.

set local lock_timeout = '1500ms';

alter table login_failures
    -- The hash of the address. Null for the failures of an account from all addresses.
    add column if not exists origin bytea,
    drop constraint if exists ck_login_failures_origin_length,
    add constraint ck_login_failures_origin_length check (octet_length(origin) = 32);

-- For the accounts that failed from an address, newest first.
create index if not exists ix_login_failures_origin on login_failures (origin, last_at) where origin is not null;

create table if not exists login_origins (
    -- The hash of account and address, as in `login_failures.subject`.
    pair bytea not null,
    -- The last successful login.
    last_at timestamptz(3) not null,
    constraint pk_login_origins primary key (pair),
    constraint ck_login_origins_pair_length check (octet_length(pair) = 32)
) with (fillfactor = 50);

-- For the deletion of expired rows, oldest first.
create index if not exists ix_login_origins_last on login_origins (last_at);

grant delete on login_origins to cashpilot_app;
revoke select on login_origins from cashpilot_readonly;

-- migrate:down

set local lock_timeout = '1500ms';

drop table login_origins;
drop index ix_login_failures_origin;
alter table login_failures drop column origin;
