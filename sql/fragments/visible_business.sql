-- A business that the caller sees; there is no row for any other.
-- Parameter: $2, the business. It reads the rows of caller.
select b.id
from caller as u
join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
