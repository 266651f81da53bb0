-- Seals events of these businesses that wait for it; what that is, sql/migrations/0010_seal_chains.sql says.
-- $1 uuid[]  businesses
-- $2 integer  how many at the most
-- Answers one row: how many were sealed. What somebody else is at is left to them.
select seal_audit_chains($1::uuid[], $2::integer) as sealed;
