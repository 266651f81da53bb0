-- The existing session of a conflict, in the order in which `ExistingSession` reads it from a row.
-- Aliases: s, the session; b, its business, with name, currency, stale_after_hours and books_closed_until; c, its
-- cashier.
s.id,
s.business_id,
s.session_number,
s.status,
b.name as business_name,
b.currency as business_currency,
s.currency,
s.initial_cash,
s.opened_at,
s.opened_at at time zone s.time_zone as opened_local,
now() at time zone s.time_zone as now_local,
s.business_date,
s.time_zone,
s.status = 'OPEN' and s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale,
coalesce(s.business_date <= b.books_closed_until, false) as is_in_closed_books,
s.terminal_id,
s.registered_terminal_id,
-- include terminal_name
as terminal_name,
s.handed_over_from,
s.handed_over_from_number,
s.opened_by as handed_over_from_by,
s.version,
s.cashier_id,
c.name as cashier_name,
-- Usually the cashier opened the session, so the name needs no second lookup.
case
    when s.opened_by = s.cashier_id then c.name
    else (select o.name from users as o where o.id = s.opened_by)
end as opened_by_name
