-- Records that a migration was reverted.
-- $1 text  version
-- Answers nothing.
delete from schema_migrations
where version = $1::text;
