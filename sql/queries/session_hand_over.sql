-- Opens the next cashier's session of a handover, with the counted cash as its float. It takes the session number
-- before any other write, as every open does, so that two opens cannot deadlock. The float is the count of the closed
-- session, so the new session has the currency of that session.
-- $1 uuid  id
-- $2 uuid  caller
-- $3 uuid  business
-- $4 uuid  cashier who takes over
-- $5 bigint  initial_cash: the count, in minor units
-- $6 text  terminal of the session before, or null
-- $7 uuid  audit event
-- $8 text  request id
-- $9 text  currency of the session before
-- $10 uuid  the session before
-- $11 bigint  its number
-- $12 text  client's request id, or null
-- $13 bytea  SHA-256 of the caller's bearer
-- Returns one row: the number of the new session. The service reads the session after it has closed the one before.
with place as (
    -- A login by PIN hands over at its terminal. Otherwise, the next session is where the session before was.
    select
        coalesce(k.terminal_id, s.registered_terminal_id) as registered_terminal_id,
        coalesce(k.terminal_id::text, $6::text) as terminal_id
    from credentials as k
    left join cash_sessions as s
        on s.business_id = $3::uuid
        and s.id = $10::uuid
        and s.terminal_id = $6::text
    where k.secret_hash = $13::bytea
), numbered as (
    insert into business_counters as n (business_id, last_session_number)
    values ($3::uuid, 1)
    on conflict (business_id) do update
    set last_session_number = n.last_session_number + 1
    returning n.last_session_number
), opened as (
    insert into cash_sessions (
        business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
        business_day_cutoff, initial_cash, opened_at, terminal_id, registered_terminal_id, previous_count,
        handed_over_from, handed_over_from_number
    )
    select
        b.id, $1::uuid, n.last_session_number, $4::uuid, $2::uuid, 'OPEN', $9::text, b.time_zone,
        business_date(now()::timestamptz(3), b.time_zone, b.day_cutoff), b.day_cutoff,
        $5::bigint, now(), p.terminal_id, p.registered_terminal_id,
        case when p.terminal_id = $6::text then $5::bigint end, $10::uuid, $11::bigint
    from numbered as n
    cross join place as p
    join businesses as b on b.id = $3::uuid
    returning *
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, request_id, client_request_id, terminal_id, after
    )
    select
        o.business_id, $7::uuid, 'session.open', $2::uuid, o.cashier_id, o.id, $8::text, $12::text, o.terminal_id,
        session_facts(to_jsonb(o))
    from opened as o
)
select o.session_number
from opened as o;
