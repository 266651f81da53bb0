-- Opens a session and audits it; the unique index refuses a second one.
-- $1 uuid  business
-- $2 uuid  cashier
-- $3 bigint  cash in the drawer
with numbered as (
    insert into business_counters as n (business_id, last_session_number)
    values ($1::uuid, 1)
    on conflict (business_id) do update
    set last_session_number = n.last_session_number + 1
    returning n.last_session_number
), s as (
    insert into cash_sessions (
        business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_day_cutoff,
        business_date, initial_cash, opened_at
    )
    select
        b.id, gen_random_uuid(), n.last_session_number, $2::uuid, $2::uuid, 'OPEN', b.currency, b.time_zone,
        b.day_cutoff, business_date(now(), b.time_zone, b.day_cutoff), $3::bigint, now()
    from businesses as b
    cross join numbered as n
    where b.id = $1::uuid
    returning *
), audited as (
    insert into audit_events (business_id, id, action, actor_id, cashier_id, session_id, after)
    select s.business_id, gen_random_uuid(), 'session.open', s.cashier_id, s.cashier_id, s.id, to_jsonb(s)
    from s
)
select
    s.id, s.session_number, s.business_id, s.cashier_id, s.opened_by, s.status, s.currency, s.initial_cash, s.opened_at,
    s.ended_at, s.closed_at, s.closed_by, s.business_date, s.time_zone, s.terminal_id, s.notes, s.final_cash,
    s.card_total, s.bank_transfer_total, s.envelope_amount, s.expenses, s.credit_sales_total,
    s.credit_payments_collected, s.declared_cash_sales, s.closing_ticket, s.version
from s
