-- Creates schema_migrations if it does not exist.
-- Returns nothing.
create table if not exists schema_migrations (
    version text not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz(3) not null,
    constraint schema_migrations_pkey primary key (version)
);
