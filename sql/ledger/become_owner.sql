-- Works as the owner of the table of applied migrations from here on, so that whatever a migration makes belongs to
-- one role, whoever runs it.
-- Answers one row, or none if there is no such table yet.
select set_config('role', pg_get_userbyid(c.relowner)::text, false)
from pg_class as c
where c.oid = to_regclass('schema_migrations');
