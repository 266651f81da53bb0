-- A session as it is now, in the order in which `Session` reads it from a row.
-- Aliases: s, the session; b, its business, of which stale_after_hours and edit_window_hours are read.
-- include session_columns_start
s.status = 'OPEN' and s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale,
coalesce(s.closed_at + make_interval(hours => b.edit_window_hours) > now(), false) as is_in_edit_window,
-- include session_columns_end
