-- Closes a session with its count in one statement. The statement locks it, checks the caller and the state, writes,
-- audits and saves the stored response for the idempotency key. Of two concurrent closes one succeeds, and the other
-- gets the first one's amounts. The session passes between the steps as one composite column. Separate columns, 33 per
-- step, cost a sixth of the statement's instructions.
-- $1 uuid  caller
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
-- Answers one row if the caller is an active user, else none: whether the idempotency key was free to use, the
-- fingerprint of its first request, whether this operation closed the session, now or in an earlier attempt, the
-- caller's role, whether they see the business, then the session. The session's columns show its current state. They
-- are null if it does not exist, or while another request with the key is running.
with gate as materialized (
    select
        $17::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $2::uuid, $1::uuid, 'session.close', $17::text), 0)
        ) as is_free
), caller as (
    select u.id, u.role, b.id as business_id, b.stale_after_hours, b.edit_window_hours
    from users as u
    left join businesses as b
        on b.id = $2::uuid
        and (
            u.role = 'ADMIN'
            or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = u.id)
        )
    where u.id = $1::uuid
        and u.is_active
), earlier as (
    select k.fingerprint
    from caller as c
    join idempotency_keys as k
        on k.business_id = c.business_id
        and k.user_id = c.id
        and k.operation = 'session.close'
        and k.key = $17::text
), standing as (
    -- Locked, so this is the row's newest version even after a lock wait. The statement does not wait for the lock
    -- while the first request with the idempotency key is running.
    select s as session
    from caller as c
    join gate as g on g.is_free or exists (select from earlier)
    join cash_sessions as s on s.business_id = c.business_id and s.id = $3::uuid
    for update of s
), closed as (
    update cash_sessions as s
    set status = 'CLOSED',
        closed_at = greatest(now()::timestamptz(3), (t.session).opened_at, (t.session).ended_at),
        closed_by = c.id,
        final_cash = $5::bigint,
        card_total = coalesce($6::bigint, (t.session).card_total),
        bank_transfer_total = coalesce($7::bigint, (t.session).bank_transfer_total),
        envelope_amount = coalesce($8::bigint, (t.session).envelope_amount),
        expenses = coalesce($9::bigint, (t.session).expenses),
        credit_sales_total = coalesce($10::bigint, (t.session).credit_sales_total),
        credit_payments_collected = coalesce($11::bigint, (t.session).credit_payments_collected),
        declared_cash_sales = coalesce($12::bigint, (t.session).declared_cash_sales),
        closing_ticket = coalesce($13::text, (t.session).closing_ticket),
        notes = coalesce($14::text, (t.session).notes),
        version = (t.session).version + 1
    from standing as t
    cross join caller as c
    cross join gate as g
    where s.business_id = (t.session).business_id
        and s.id = (t.session).id
        and (t.session).status in ('OPEN', 'ENDED')
        and (t.session).is_deleted = false
        and (c.role = 'ADMIN' or (t.session).cashier_id = c.id)
        and ($4::bigint[] is null or (t.session).version = any ($4::bigint[]))
        and g.is_free
        and not exists (select from earlier)
    returning s as session
), answered as (
    select n.session, true as is_closed_now from closed as n
    union all
    select t.session, false from standing as t where not exists (select from closed)
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, request_id, terminal_id, before, after
    )
    select
        (n.session).business_id, $15::uuid, 'session.close', $1::uuid, (n.session).cashier_id, (n.session).id,
        $16::text, (n.session).terminal_id, to_jsonb(t.session), to_jsonb(n.session)
    from closed as n
    cross join standing as t
), kept as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        (n.session).business_id, $1::uuid, 'session.close', $17::text, $18::bytea,
        to_jsonb(n.session) || jsonb_build_object(
            'role', c.role,
            'is_stale', false,
            'is_in_edit_window', (n.session).closed_at + make_interval(hours => c.edit_window_hours) > now()
        )
    from closed as n
    cross join caller as c
    where $17::text is not null
)
select
    g.is_free,
    e.fingerprint,
    coalesce(
        s.is_closed_now
        or exists (select from audit_events as a where a.business_id = s.business_id and a.id = $15::uuid),
        false
    ) as is_closed_now,
    b.role,
    b.business_id is not null as sees_business,
    s.id,
    s.session_number,
    s.business_id,
    s.cashier_id,
    s.opened_by,
    s.status,
    s.currency,
    s.initial_cash,
    s.opened_at,
    s.ended_at,
    s.closed_at,
    s.closed_by,
    s.business_date,
    s.time_zone,
    s.opened_at at time zone s.time_zone as opened_local,
    s.status = 'OPEN' and s.opened_at + make_interval(hours => b.stale_after_hours) < now() as is_stale,
    coalesce(s.closed_at + make_interval(hours => b.edit_window_hours) > now(), false) as is_in_edit_window,
    s.terminal_id,
    s.notes,
    s.final_cash,
    s.card_total,
    s.bank_transfer_total,
    s.envelope_amount,
    s.expenses,
    s.credit_sales_total,
    s.credit_payments_collected,
    s.declared_cash_sales,
    s.closing_ticket,
    s.flag_reason,
    s.flagged_by,
    s.flagged_at,
    s.delete_reason,
    s.deleted_by,
    s.deleted_at,
    s.version
from caller as b
cross join gate as g
left join earlier as e on true
left join lateral (select (a.session).*, a.is_closed_now from answered as a) as s on true;
