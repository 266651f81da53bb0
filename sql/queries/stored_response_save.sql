-- Saves the current session as the stored response of an idempotency key.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  session
-- $4 text  operation, such as session.end
-- $5 text  idempotency key
-- $6 bytea  SHA-256 of the request
-- $7 text  the caller's role
-- Returns nothing.
insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
select
    s.business_id, $1::uuid, $4::text, $5::text, $6::bytea,
    to_jsonb(s) || jsonb_build_object(
        'role', $7::text,
        'is_stale', s.status = 'OPEN' and s.opened_at + make_interval(hours => b.stale_after_hours) < now(),
        'is_in_edit_window',
        coalesce(s.closed_at + make_interval(hours => b.edit_window_hours) > now(), false)
    )
from cash_sessions as s
join businesses as b on b.id = s.business_id
where s.business_id = $2::uuid
    and s.id = $3::uuid;
