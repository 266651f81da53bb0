-- Writes down that a migration was taken back.
-- $1 text  version
-- Answers nothing.
delete from schema_migrations
where version = $1::text;
