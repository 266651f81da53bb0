-- Serializes changes to accounts until the end of the transaction. Otherwise two administrators who demote each other
-- at the same time would leave none.
-- Returns one row.
select true as is_locked
from pg_advisory_xact_lock(hashtextextended('administrators', 0));
