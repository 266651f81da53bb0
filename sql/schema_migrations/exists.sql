-- Returns whether schema_migrations exists.
-- Returns one row.
select to_regclass('schema_migrations') is not null;
