-- Returns the stored response of an idempotency key: the session as in the first response.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 text  operation, such as session.end
-- $4 text  idempotency key
-- Returns one row, or none: the fingerprint of the first request, the caller's role at that time, whether the request
-- created the session, then the session.
select
    k.fingerprint,
    k.answer ->> 'role' as role,
    coalesce((k.answer ->> 'is_new')::boolean, true) as is_new,
    -- include session_columns_start
    (k.answer ->> 'is_stale')::boolean as is_overdue,
    coalesce((k.answer ->> 'is_in_edit_window')::boolean, false) as is_in_edit_window,
    false as is_in_closed_books,
    k.answer ->> 'obstacle' as obstacle,
    k.answer ->> 'terminal_name' as terminal_name,
    coalesce((k.answer ->> 'is_blind')::boolean, false) as is_blind,
    -- include session_columns_end
from idempotency_keys as k
cross join jsonb_populate_record(null::cash_sessions, k.answer) as s
where k.business_id = $2::uuid
    and k.user_id = $1::uuid
    and k.operation = $3::text
    and k.key = $4::text;
