-- Records that a migration was applied.
-- $1 text  version
-- $2 text  name
-- $3 text  text of its file
-- Returns nothing.
insert into schema_migrations (version, name, checksum, applied_at)
values ($1::text, $2::text, encode(sha256(convert_to($3::text, 'UTF8')), 'hex'), now());
