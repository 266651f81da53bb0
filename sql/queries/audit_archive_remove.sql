-- Removes audit events that an archive file has; sql/migrations/0025_audit_archive.sql defines the removal.
-- $1 uuid  business
-- $2 bigint  first position in the file
-- $3 bigint  last position in the file
-- $4 bytea  SHA-256 of the file
-- $5 integer  maximum number of events
-- Returns one row: the number of removed events, 0 if none is left.
select remove_archived_events($1::uuid, $2::bigint, $3::bigint, $4::bytea, $5::integer) as removed;
