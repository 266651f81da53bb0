-- The caller, with a business and its settings. The business's columns are null if the caller does not see it. There is
-- no row if the bearer is not valid.
-- Parameters: $1, SHA-256 of the bearer; $2, the business.
select
    u.id, u.role, b.id as business_id, b.stale_after_hours, b.edit_window_hours, b.is_active, b.books_closed_until,
    b.blind_count, u.terminal_id
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
