-- migrate:up transaction:false

-- Adds terminals: credentials of a till, which belong to a business and not to a user. A login by PIN names its
-- terminal, and a session that such a login opens names it too. Existing rows stay valid.
--
-- Tills keep working. A table is locked for a moment to add its columns. Indexes are built without a lock, and checks
-- are validated without one. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

alter table credentials
    alter column user_id drop not null,
    -- The business of a terminal.
    add column if not exists business_id uuid,
    -- The terminal of a login by PIN.
    add column if not exists terminal_id uuid;

-- A constraint that is not validated needs no scan. Its validation locks out no change.
alter table credentials
    drop constraint if exists ck_credentials_kind,
    drop constraint if exists ck_credentials_owner,
    drop constraint if exists ck_credentials_terminal,
    drop constraint if exists ck_credentials_terminal_of_login,
    drop constraint if exists fk_credentials_business,
    drop constraint if exists fk_credentials_terminal;
alter table credentials
    add constraint ck_credentials_kind check (kind in ('LOGIN', 'API_KEY', 'TERMINAL')) not valid,
    -- A terminal belongs to a business. Every other credential belongs to a user.
    add constraint ck_credentials_owner check (
        (user_id is null) = (kind = 'TERMINAL')
        and (business_id is not null) = (kind = 'TERMINAL')
    ) not valid,
    -- A terminal has a name, and is valid until it is revoked.
    add constraint ck_credentials_terminal check (
        kind <> 'TERMINAL' or (name is not null and expires_at is null)
    ) not valid,
    add constraint ck_credentials_terminal_of_login check (terminal_id is null or kind = 'LOGIN') not valid,
    add constraint fk_credentials_business foreign key (business_id) references businesses (id) not valid,
    add constraint fk_credentials_terminal foreign key (terminal_id) references credentials (id) not valid;
alter table credentials validate constraint ck_credentials_kind;
alter table credentials validate constraint ck_credentials_owner;
alter table credentials validate constraint ck_credentials_terminal;
alter table credentials validate constraint ck_credentials_terminal_of_login;
alter table credentials validate constraint fk_credentials_business;
alter table credentials validate constraint fk_credentials_terminal;

-- Like the other links of a session, it has no foreign key.
alter table cash_sessions
    -- The terminal whose login by PIN opened the session. Null for a text that a client sent, which proves nothing.
    add column if not exists registered_terminal_id uuid;
alter table cash_sessions drop constraint if exists ck_cash_sessions_registered_terminal;
alter table cash_sessions
    add constraint ck_cash_sessions_registered_terminal
        check (registered_terminal_id is null or terminal_id = registered_terminal_id::text) not valid;
alter table cash_sessions validate constraint ck_cash_sessions_registered_terminal;

grant update (name) on credentials to cashpilot_app;
grant update (registered_terminal_id) on cash_sessions to cashpilot_app;
grant select (business_id, terminal_id) on credentials to cashpilot_readonly;

-- The new columns are audited too.
begin;
drop trigger if exists tr_credentials_audited on credentials;
create constraint trigger tr_credentials_audited
    after insert or delete
    or update of id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at, business_id, terminal_id
    on credentials
    deferrable initially deferred
    for each row
    when (current_setting('session_replication_role') <> 'local')
    execute function require_audit_event('credential user token', '', 'user_id');
commit;

-- A build waits for old transactions, longer than for a lock. One index is for the list of a business's terminals, one
-- keeps their names apart, and one is for the logins that end with their terminal.
reset lock_timeout;
drop index concurrently if exists ix_credentials_terminals;
create index concurrently ix_credentials_terminals on credentials (business_id, created_at desc, id desc)
    where kind = 'TERMINAL';
drop index concurrently if exists uq_credentials_terminal_name;
create unique index concurrently uq_credentials_terminal_name on credentials (business_id, lower(name))
    where kind = 'TERMINAL' and revoked_at is null;
drop index concurrently if exists ix_credentials_of_terminal;
create index concurrently ix_credentials_of_terminal on credentials (terminal_id)
    where terminal_id is not null and revoked_at is null;

-- migrate:down transaction:false

-- The previous version has no terminals. To it, a login by PIN would be a login like any other, so both are deleted.
-- `cashpilot audit verify` reports them as missing.
set lock_timeout = '1500ms';

begin;
drop trigger if exists tr_credentials_audited on credentials;
delete from credentials as k where k.terminal_id is not null;
delete from credentials as k where k.kind = 'TERMINAL';
create constraint trigger tr_credentials_audited
    after insert or delete
    or update of id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at
    on credentials
    deferrable initially deferred
    for each row
    when (current_setting('session_replication_role') <> 'local')
    execute function require_audit_event('credential user token', '', 'user_id');
commit;

revoke update (name) on credentials from cashpilot_app;

alter table cash_sessions drop column if exists registered_terminal_id;

alter table credentials
    drop column if exists terminal_id,
    drop column if exists business_id,
    drop constraint if exists ck_credentials_terminal,
    drop constraint if exists ck_credentials_owner,
    drop constraint if exists ck_credentials_kind,
    add constraint ck_credentials_kind check (kind in ('LOGIN', 'API_KEY')),
    alter column user_id set not null;

reset lock_timeout;
