-- Closes a session with its count in one statement. The statement locks it, checks the caller and the state, writes,
-- audits and saves the stored response for the idempotency key. Of two concurrent closes one succeeds, and the other
-- gets the first one's amounts. The steps pass the session as one composite column. 33 separate columns per step cost a
-- sixth of the statement's instructions.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  session
-- $4 bigint[]  accepted versions, or null for any
-- $5 bigint  final_cash: the count, in minor units, as for all amounts that follow
-- $6 bigint  card_total, or null to keep the current value, as for all amounts that follow
-- $7 bigint  bank_transfer_total
-- $8 bigint  envelope_amount
-- $9 bigint  expenses
-- $10 bigint  credit_sales_total
-- $11 bigint  credit_payments_collected
-- $12 bigint  declared_cash_sales
-- $13 text  closing_ticket
-- $14 text  notes, or null to keep the current notes
-- $15 uuid  audit event: identifies the operation, so that a retry of an unknown outcome is idempotent
-- $16 text  request id
-- $17 text  idempotency key, or null
-- $18 bytea  SHA-256 of the request, or null
-- $19 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: whether the idempotency key was free to use, the
-- fingerprint of its first request, whether this operation closed the session, now or in an earlier attempt, the
-- caller's role, whether they see the business, then the session. The session's columns show its current state. They
-- are null if it does not exist, or while another request with the key is running.
with caller as (
    -- include caller_in_business
), key_lock as materialized (
    select
        $17::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $2::uuid, c.id, 'session.close', $17::text), 0)
        ) as is_free
    from caller as c
), first_request as (
    select k.fingerprint
    from caller as c
    join idempotency_keys as k
        on k.business_id = c.business_id
        and k.user_id = c.id
        and k.operation = 'session.close'
        and k.key = $17::text
), locked as (
    -- Locked, so this is the row's newest version even after a lock wait. The statement does not wait for the lock
    -- while the first request with the idempotency key is running.
    select s as session
    from caller as c
    join key_lock as k on k.is_free or exists (select from first_request)
    join cash_sessions as s on s.business_id = c.business_id and s.id = $3::uuid
    for update of s
), closed as (
    update cash_sessions as s
    set status = 'CLOSED',
        closed_at = greatest(now()::timestamptz(3), (l.session).opened_at, (l.session).ended_at),
        closed_by = c.id,
        final_cash = $5::bigint,
        card_total = coalesce($6::bigint, (l.session).card_total),
        bank_transfer_total = coalesce($7::bigint, (l.session).bank_transfer_total),
        envelope_amount = coalesce($8::bigint, (l.session).envelope_amount),
        expenses = coalesce($9::bigint, (l.session).expenses),
        credit_sales_total = coalesce($10::bigint, (l.session).credit_sales_total),
        credit_payments_collected = coalesce($11::bigint, (l.session).credit_payments_collected),
        declared_cash_sales = coalesce($12::bigint, (l.session).declared_cash_sales),
        closing_ticket = coalesce($13::text, (l.session).closing_ticket),
        notes = coalesce($14::text, (l.session).notes),
        -- Another count after a reopen is a correction.
        corrections = (l.session).corrections + ((l.session).at_close_final_cash is not null)::integer,
        version = (l.session).version + 1
    from locked as l
    cross join caller as c
    cross join key_lock as k
    where s.business_id = (l.session).business_id
        and s.id = (l.session).id
        -- policy: administrators and the session's cashier close a session that is open or ended, and not deleted.
        and (l.session).status in ('OPEN', 'ENDED')
        and (l.session).is_deleted = false
        and ((l.session).business_date <= c.books_closed_until) is not true
        and (c.role = 'ADMIN' or (l.session).cashier_id = c.id)
        and ($4::bigint[] is null or (l.session).version = any ($4::bigint[]))
        and k.is_free
        and not exists (select from first_request)
    returning s as session
), current as (
    select n.session, true as is_done from closed as n
    union all
    select l.session, false from locked as l where not exists (select from closed)
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, request_id, client_request_id, terminal_id, before,
        after
    )
    select
        (n.session).business_id, $15::uuid, 'session.close', (n.session).closed_by, (n.session).cashier_id,
        (n.session).id, $16::text, $19::text, (n.session).terminal_id, session_facts(to_jsonb(l.session)),
        session_facts(to_jsonb(n.session))
    from closed as n
    cross join locked as l
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        (n.session).business_id, b.id, 'session.close', $17::text, $18::bytea,
        to_jsonb(n.session) || jsonb_build_object(
            'role', b.role,
            'is_stale', false,
            'is_in_edit_window', s.closed_at + make_interval(hours => b.edit_window_hours) > now(),
            'is_blind', b.blind_count,
            'terminal_name', (
                -- include terminal_name
            ),
            'obstacle',
            -- include session_obstacle
        )
    from closed as n
    cross join caller as b
    cross join lateral (select b.id, b.role) as u
    cross join lateral (select (n.session).*) as s
    where $17::text is not null
)
select
    k.is_free,
    f.fingerprint,
    coalesce(
        s.is_done
        or exists (select from audit_events as a where a.business_id = s.business_id and a.id = $15::uuid),
        false
    ) as is_done,
    b.role,
    b.business_id is not null as sees_business,
    -- include session_columns
from caller as b
cross join lateral (select b.id, b.role) as u
cross join key_lock as k
left join first_request as f on true
left join lateral (select (c.session).*, c.is_done from current as c) as s on true;
