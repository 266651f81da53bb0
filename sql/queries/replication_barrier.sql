-- Commits without changing data, to wait for the synchronous standby. When it completes, the standby has all earlier
-- commits. A stored response and the result of a retried change wait for it, because the replication wait of their
-- commit may have been cancelled.
-- Returns one row, which the service ignores.
select pg_logical_emit_message(true, 'cashpilot', '');
