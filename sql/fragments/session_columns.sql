-- A session's current columns, in the order in which `Session` reads them. Between the columns of its row are the facts
-- that depend on the time and on other rows: whether it is overdue (not closed, and opened longer ago than its
-- business allows), whether its cashier may still correct it, whether its day's books are closed, why it cannot be
-- handed over or reopened, the name of its registered terminal, and whether its business counts blind.
-- Aliases: s, the session; b, its business, with its settings; u, the caller, with id and role.
-- include session_columns_start
s.status <> 'CLOSED' and s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_overdue,
coalesce(s.closed_at + make_interval(hours => b.edit_window_hours) > now(), false) as is_in_edit_window,
coalesce(s.business_date <= b.books_closed_until, false) as is_in_closed_books,
-- include session_obstacle
as obstacle,
-- include terminal_name
as terminal_name,
b.blind_count as is_blind,
-- include session_columns_end
