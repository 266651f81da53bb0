-- Records that a migration was reverted.
-- $1 text  version
-- Returns nothing.
delete from schema_migrations
where version = $1::text;
