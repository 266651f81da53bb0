-- Commits without changing data, to wait for the synchronous standby. When it completes, the standby has all earlier
-- commits. A response that relies on an earlier commit waits for it, because that commit's replication wait may have
-- been cancelled.
-- Answers one row, which the service ignores.
select pg_logical_emit_message(true, 'cashpilot', '');
