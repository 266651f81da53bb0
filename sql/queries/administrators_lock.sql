-- Lets one transaction at a time change accounts: two administrators who demote each other in the same instant would
-- otherwise both see the other one left. It holds until the transaction ends.
-- Answers one row.
select true as is_locked
from pg_advisory_xact_lock(hashtextextended('administrators', 0));
