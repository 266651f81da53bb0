-- Whether anything was ever migrated here.
-- Answers one row.
select to_regclass('schema_migrations') is not null;
