-- Takes the lock of whoever migrates, or says that another has it.
-- $1 bigint  the lock's key
-- Answers one row: whether it was free.
select pg_try_advisory_lock($1::bigint);
