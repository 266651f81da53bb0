-- The existing session of a conflict, in the order in which `ExistingSession` reads it from a row.
-- Aliases: s, the open session; b, its business, of which stale_after_hours is read; c, its cashier.
s.id,
s.session_number,
s.status,
s.opened_at,
s.opened_at at time zone s.time_zone as opened_local,
now() at time zone s.time_zone as now_local,
s.business_date,
s.time_zone,
s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale,
s.version,
c.name as cashier_name
