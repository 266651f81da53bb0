-- Returns whether schema_migrations exists.
-- Answers one row.
select to_regclass('schema_migrations') is not null;
