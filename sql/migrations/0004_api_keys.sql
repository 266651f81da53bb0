-- migrate:up

-- Keys for scripts that no person logs in for. A key stands for its user and may do what that user may.
--
-- * Only the SHA-256 of a key is stored. A key is 256 random bits, so a slow hash would add nothing.
-- * A key is looked up at every request, so one that is revoked, has expired or belongs to an inactive user is
--   refused from the next request on.
-- * Rows stay when a key is revoked: what it did is in the audit trail.
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

-- Lists, newest first.
create index ix_api_keys_recent on api_keys (created_at desc, id desc);
create index ix_users_recent on users (created_at desc, id desc);

-- The service ends assignments. Who only looks sees no hash.
grant delete on business_cashiers to cashpilot_app;
revoke select on api_keys from cashpilot_readonly;
grant select (id, user_id, name, created_at, expires_at, revoked_at) on api_keys to cashpilot_readonly;

-- migrate:down

revoke delete on business_cashiers from cashpilot_app;
drop index ix_users_recent;
drop table api_keys;
