-- A business, in the order in which `Business` reads it from a row.
-- Alias: b, the business.
b.id,
b.name,
b.currency,
b.time_zone,
(extract(epoch from b.day_cutoff) / 60)::integer as day_cutoff_minutes,
b.stale_after_hours,
b.edit_window_hours,
b.is_active,
b.books_closed_until,
b.blind_count,
b.created_at
