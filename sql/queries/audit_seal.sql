-- Seals events of one business that wait for it; what that is, sql/migrations/0003_audit_chain.sql says.
-- $1 uuid  business
-- $2 integer  how many at the most
-- Answers one row: how many were sealed, or null if somebody else is at it.
select seal_audit_events($1::uuid, $2::integer) as sealed;
