-- Switches to the role that owns schema_migrations. So one role owns all objects of the migrations, whichever user runs
-- them.
-- Returns one row, or none if there is no such table yet.
select set_config('role', pg_get_userbyid(c.relowner)::text, false)
from pg_class as c
where c.oid = to_regclass('schema_migrations');
