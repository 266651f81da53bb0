-- Saves the current session as the stored response of an idempotency key.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  session
-- $4 text  operation, such as session.end
-- $5 text  idempotency key
-- $6 bytea  SHA-256 of the request
-- $7 text  the caller's role
-- $8 boolean  whether the session is overdue, as for the facts that follow: as in the response
-- $9 boolean  whether its cashier may still correct it
-- $10 text  why it cannot be handed over or reopened, or null
-- Returns nothing.
insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
select
    s.business_id, $1::uuid, $4::text, $5::text, $6::bytea,
    to_jsonb(s) || jsonb_build_object(
        'role', $7::text, 'is_stale', $8::boolean, 'is_in_edit_window', $9::boolean, 'obstacle', $10::text,
        'is_blind', (select b.blind_count from businesses as b where b.id = s.business_id),
        'terminal_name',
        -- include terminal_name
    )
from cash_sessions as s
where s.business_id = $2::uuid
    and s.id = $3::uuid;
