-- Takes the migration lock, or reports that another process has it. It does not wait.
-- $1 bigint  the lock's key
-- Returns one row: whether the lock was free.
select pg_try_advisory_lock($1::bigint);
