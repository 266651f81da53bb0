-- Seals queued audit events of these businesses; sql/migrations/0010_seal_chains.sql defines the seals.
-- $1 uuid[]  businesses
-- $2 integer  maximum number of events
-- Returns one row: the number of sealed events. Businesses that another process is sealing are skipped.
select seal_audit_chains($1::uuid[], $2::integer) as sealed;
