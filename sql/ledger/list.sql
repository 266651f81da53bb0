-- What was applied, in no order.
-- Answers a row for each migration.
select
    m.version,
    m.name,
    m.checksum,
    m.applied_at
from schema_migrations as m;
