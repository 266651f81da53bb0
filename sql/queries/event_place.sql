-- Gives waiting events their position in the event log; sql/migrations/0008_event_feed.sql defines it.
-- $1 integer  maximum number of events
-- Returns one row: the number of processed events, or null if another process is doing this.
select place_audit_events($1::integer) as placed;
