-- Replaces the personal data of a user by placeholders: in the account, its credentials, its audit events and the
-- stored response of its creation. It also deletes the user's PIN. It follows user_erase_record.sql in one transaction.
-- $1 uuid  user
-- $2 text  password hash that no password matches
-- Returns nothing.
with account as (
    update users as u
    set email = p.email,
        name = p.name,
        password_hash = $2::text
    from users as o
    cross join lateral jsonb_populate_record(o, redacted_values(to_jsonb(o), o.id)) as p
    where u.id = $1::uuid
        and o.id = u.id
), keys as (
    update credentials as k
    set name = redacted_values(to_jsonb(k), k.user_id) ->> 'name'
    where k.user_id = $1::uuid
), pins as (
    delete from user_pins as p
    where p.user_id = $1::uuid
), failures as (
    delete from pin_failures as f
    where f.user_id = $1::uuid
), responses as (
    update idempotency_keys as k
    set answer = redacted_values(k.answer, $1::uuid)
    where k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and k.operation = 'user.create'
        and k.answer ->> 'id' = $1::uuid::text
)
update audit_events as e
set before = redacted_values(e.before, e.cashier_id),
    after = redacted_values(e.after, e.cashier_id)
where e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
    and e.cashier_id = $1::uuid
    and redacted_event(e) is distinct from e;
