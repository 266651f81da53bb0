-- An audit event, in the order in which `AuditEvent` reads it from a row.
-- Aliases: e, the event; a, its actor.
e.business_id,
e.id,
e.occurred_at,
e.action,
e.actor_id,
a.name as actor_name,
e.cashier_id,
e.session_id,
e.request_id,
e.client_request_id,
e.terminal_id,
e.reason,
e.before,
e.after
