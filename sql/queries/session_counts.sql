-- Counts the sessions of all businesses that are open, and those that ended without a count, for the metrics. It reads
-- at most 100000 of each.
-- Returns one row: the open sessions, the stale ones among them, the uncounted sessions, the overdue ones among them,
-- then the size of the database in bytes.
select
    count(*) filter (where s.status = 'OPEN') as open,
    count(*) filter (where s.status = 'OPEN' and s.opened_at + make_interval(hours => b.stale_after_hours) < now())
        as stale,
    count(*) filter (where s.status = 'ENDED') as uncounted,
    count(*) filter (where s.status = 'ENDED' and s.opened_at + make_interval(hours => b.stale_after_hours) < now())
        as overdue,
    pg_database_size(current_database()) as database_bytes
from (
    (
        select x.business_id, x.status, x.opened_at
        from cash_sessions as x
        where x.status = 'OPEN'
            and x.is_deleted = false
        limit 100000
    )
    union all
    (
        select x.business_id, x.status, x.opened_at
        from cash_sessions as x
        where x.status = 'ENDED'
            and x.is_deleted = false
        limit 100000
    )
) as s
join businesses as b on b.id = s.business_id;
