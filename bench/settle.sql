-- Closes the sessions that an interrupted load left open, so that each run starts from the same state. Counts sessions.
-- Run by psql with `--set standing=N`: the highest session number of bench/fill.sql in each business.
-- A repair without audit events: the load is measured, not audited.
set session_replication_role = local;
with left_open as (
    update cash_sessions as s
    set status = 'CLOSED', closed_at = greatest(now()::timestamptz(3), s.opened_at), closed_by = s.cashier_id,
        final_cash = 0, version = s.version + 1
    where s.status = 'OPEN' and s.is_deleted = false and s.session_number > :standing
    returning s.id
)
select
    (select count(*) from audit_events where action = 'session.open') as opened,
    (select count(*) from audit_events where action = 'session.close') as closed,
    (select count(*) from cash_sessions where status = 'OPEN' and is_deleted = false and session_number <= :standing)
        as standing;
