-- The id, the user, and the row before and after of the audit event of a revoked credential. One change may revoke
-- several credentials. Each event's id has the time of the change's own event and the random part of the credential's
-- id, so a retry makes the same ids.
-- Aliases: k, the revoked credential; v, with event_id, the audit event of the change.
encode(substring(uuid_send(v.event_id) from 1 for 8) || substring(uuid_send(k.id) from 9 for 8), 'hex')::uuid,
k.user_id,
(to_jsonb(k) - 'last_used_at') || '{"revoked_at": null}',
to_jsonb(k) - 'last_used_at'
