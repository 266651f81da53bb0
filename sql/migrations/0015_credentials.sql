-- migrate:up transaction:false

-- Adds one table of bearers: logins and API keys. A bearer is opaque, so every statement reads its row, and a revoked
-- bearer is refused from the next request on. The tokens of earlier versions are signed and have no row: everybody logs
-- in once more.
--
-- Tills keep working. API keys are copied, and `api_keys` becomes a view of the new table, which replicas of the
-- previous version read until they stop. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

create table if not exists credentials (
    id uuid not null,
    user_id uuid not null,
    -- LOGIN, after a password; API_KEY, for a script.
    kind text not null,
    -- For people: the purpose of a key, or the client that logged in. Null if the client sent no name.
    name text,
    -- SHA-256 of the bearer. A bearer has 256 random bits, so a slow hash would add nothing.
    secret_hash bytea not null,
    created_at timestamptz(3) not null default now(),
    -- Null for a key that is valid until it is revoked.
    expires_at timestamptz(3),
    -- The time of the last request, usually at most a minute late. It is not audited.
    last_used_at timestamptz(3),
    -- Never becomes null again.
    revoked_at timestamptz(3),
    constraint pk_credentials primary key (id),
    constraint uq_credentials_secret_hash unique (secret_hash),
    constraint fk_credentials_user foreign key (user_id) references users (id),
    constraint ck_credentials_kind check (kind in ('LOGIN', 'API_KEY')),
    constraint ck_credentials_name_length check (char_length(name) between 1 and 200),
    constraint ck_credentials_secret_hash_length check (octet_length(secret_hash) = 32),
    constraint ck_credentials_expires_after_created check (expires_at > created_at),
    constraint ck_credentials_login_expires check (kind <> 'LOGIN' or expires_at is not null)
);

-- The valid credentials of a user, for lists and revocations; and all API keys, newest first.
create index if not exists ix_credentials_user on credentials (user_id, created_at desc, id desc);
create index if not exists ix_credentials_keys on credentials (created_at desc, id desc) where kind = 'API_KEY';

-- New tables and views get rights by default, which these do not need.
revoke all on credentials from cashpilot_app, cashpilot_readonly;
grant select, insert on credentials to cashpilot_app;
grant update (last_used_at, revoked_at) on credentials to cashpilot_app;
grant select (id, user_id, kind, name, created_at, expires_at, last_used_at, revoked_at) on credentials
    to cashpilot_readonly;

do $$
begin
    if exists (select from pg_class as c where c.oid = to_regclass('api_keys') and c.relkind = 'r') then
        lock table api_keys in access exclusive mode;
        insert into credentials (id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at)
        select k.id, k.user_id, 'API_KEY', k.name, k.secret_hash, k.created_at, k.expires_at, k.revoked_at
        from api_keys as k
        on conflict (id) do nothing;
        drop table api_keys;
        create view api_keys as
        select c.id, c.user_id, c.name, c.secret_hash, c.created_at, c.expires_at, c.revoked_at
        from credentials as c
        where c.kind = 'API_KEY';
        revoke all on api_keys from cashpilot_app, cashpilot_readonly;
        grant select on api_keys to cashpilot_app;
    end if;
end
$$;

-- `request_id` is the service's own id of the request. `client_request_id` is the id that the client sent, and the seal
-- covers it. A row without a client's id has the same seal as before. The way back drops the column: seals of rows that
-- had a client's id are then reported as altered.
alter table audit_events add column if not exists client_request_id text;

create or replace function audit_seal_hash(
    previous bytea, at_position bigint, at_time timestamptz, e audit_events
) returns bytea
language sql
stable
as $$
    select sha256(
        previous || convert_to(
            case
                when e.client_request_id is null then json_build_array(
                    at_position, extract(epoch from at_time),
                    e.business_id, e.id, extract(epoch from e.occurred_at), e.action, e.actor_id, e.cashier_id,
                    e.session_id, e.request_id, e.terminal_id, e.reason, e.before, e.after
                )
                else json_build_array(
                    at_position, extract(epoch from at_time),
                    e.business_id, e.id, extract(epoch from e.occurred_at), e.action, e.actor_id, e.cashier_id,
                    e.session_id, e.request_id, e.terminal_id, e.reason, e.before, e.after, e.client_request_id
                )
            end::text,
            'UTF8'
        )
    )
$$;

reset lock_timeout;

-- migrate:down

set local lock_timeout = '1500ms';

create or replace function audit_seal_hash(
    previous bytea, at_position bigint, at_time timestamptz, e audit_events
) returns bytea
language sql
stable
as $$
    select sha256(
        previous || convert_to(
            json_build_array(
                at_position, extract(epoch from at_time),
                e.business_id, e.id, extract(epoch from e.occurred_at), e.action, e.actor_id, e.cashier_id,
                e.session_id, e.request_id, e.terminal_id, e.reason, e.before, e.after
            )::text,
            'UTF8'
        )
    )
$$;

alter table audit_events drop column client_request_id;

drop view api_keys;

create table api_keys (
    id uuid not null,
    user_id uuid not null,
    name text not null,
    secret_hash bytea not null,
    created_at timestamptz(3) not null default now(),
    expires_at timestamptz(3),
    revoked_at timestamptz(3),
    constraint pk_api_keys primary key (id),
    constraint uq_api_keys_secret_hash unique (secret_hash),
    constraint fk_api_keys_user foreign key (user_id) references users (id),
    constraint ck_api_keys_name_length check (char_length(name) between 1 and 200),
    constraint ck_api_keys_secret_hash_length check (octet_length(secret_hash) = 32),
    constraint ck_api_keys_expires_after_created check (expires_at > created_at)
);
create index ix_api_keys_recent on api_keys (created_at desc, id desc);
grant select, insert, update on api_keys to cashpilot_app;
grant select (id, user_id, name, created_at, expires_at, revoked_at) on api_keys to cashpilot_readonly;

insert into api_keys (id, user_id, name, secret_hash, created_at, expires_at, revoked_at)
select c.id, c.user_id, coalesce(c.name, 'API key'), c.secret_hash, c.created_at, c.expires_at, c.revoked_at
from credentials as c
where c.kind = 'API_KEY';

drop table credentials;
