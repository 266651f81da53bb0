-- Records the erasure of an inactive user's personal data. The audit event has the hash of each audit event in the form
-- that user_erase.sql gives it, in the same transaction. It locks the account, so that nobody changes it meanwhile.
-- $1 uuid  user
-- $2 uuid  audit event
-- $3 text  password hash that no password matches
-- Returns one row if the account is inactive, else none.
with account as (
    select u.id
    from users as u
    where u.id = $1::uuid
        and not u.is_active
    for update of u
)
insert into audit_events (business_id, id, action, cashier_id, after)
select
    '00000000-0000-0000-0000-000000000000'::uuid, $2::uuid, 'user.erase', a.id,
    jsonb_build_object(
        'password_sha256', encode(sha256(convert_to($3::text, 'UTF8')), 'hex'),
        'redacted', coalesce(
            (
                select jsonb_object_agg(e.id, encode(audit_event_hash(redacted_event(e)), 'hex'))
                from audit_events as e
                where e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
                    and e.cashier_id = a.id
                    and redacted_event(e) is distinct from e
            ),
            '{}'
        )
    )
from account as a
returning true as is_recorded;
