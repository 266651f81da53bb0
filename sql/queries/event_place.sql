-- Gives events that wait for it their place in the feed; what that is, sql/migrations/0008_event_feed.sql says.
-- $1 integer  how many at the most
-- Answers one row: how many were looked at, or null if somebody else is at it.
select place_audit_events($1::integer) as placed;
