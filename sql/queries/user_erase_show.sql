-- Shows an account and the rows that an erasure of its personal data would change. CLI only.
-- $1 text  e-mail, case-insensitive
-- Returns one row if there is such an account, else none: its id, e-mail and name, whether it is active, whether the
-- account itself has placeholders already, then the numbers of other rows with personal data: audit events, names of
-- credentials, stored responses; then the name of the database.
select
    u.id,
    u.email,
    u.name,
    u.is_active,
    redacted_values(to_jsonb(u), u.id) = to_jsonb(u) as is_erased,
    (
        select count(*)
        from audit_events as e
        where e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
            and e.cashier_id = u.id
            and redacted_event(e) is distinct from e
    ) as event_count,
    (
        select count(*)
        from credentials as k
        where k.user_id = u.id
            and redacted_values(to_jsonb(k), u.id) <> to_jsonb(k)
    ) as key_count,
    (
        select count(*)
        from idempotency_keys as k
        where k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
            and k.operation = 'user.create'
            and k.answer ->> 'id' = u.id::text
            and redacted_values(k.answer, u.id) <> k.answer
    ) as response_count,
    current_database()::text as database
from users as u
where lower(u.email) = lower($1::text);
