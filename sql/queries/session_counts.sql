-- Counts open and stale sessions of all businesses, for the metrics. It reads at most 100000 open sessions.
-- Returns one row.
select
    count(*) as open,
    count(*) filter (where s.opened_at + make_interval(hours => b.stale_after_hours) < now()) as stale
from (
    select x.business_id, x.opened_at
    from cash_sessions as x
    where x.status = 'OPEN'
        and x.is_deleted = false
    limit 100000
) as s
join businesses as b on b.id = s.business_id;
