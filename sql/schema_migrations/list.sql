-- Returns the applied migrations, in no particular order.
-- Returns one row per migration.
select
    m.version,
    m.name,
    m.checksum,
    m.applied_at
from schema_migrations as m;
