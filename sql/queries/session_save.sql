-- Writes a changed session with its audit event. session_lock.sql locked it before.
-- $1 uuid  caller
-- $2 uuid  business
-- $3 uuid  session
-- $4 uuid  cashier
-- $5 text  status
-- $6 bigint  initial_cash, in minor units, as for all amounts that follow
-- $7 timestamp with time zone  opened_at
-- $8 timestamp with time zone  ended_at, or null
-- $9 timestamp with time zone  closed_at, or null
-- $10 uuid  closed_by, or null
-- $11 text  terminal, or null
-- $12 text  notes, or null
-- $13 bigint  final_cash, or null
-- $14 bigint  card_total
-- $15 bigint  bank_transfer_total
-- $16 bigint  envelope_amount
-- $17 bigint  expenses
-- $18 bigint  credit_sales_total
-- $19 bigint  credit_payments_collected
-- $20 bigint  declared_cash_sales, or null
-- $21 text  closing_ticket, or null
-- $22 text  flag reason; null if it is not flagged, as for the two that follow
-- $23 uuid  flagged_by
-- $24 timestamp with time zone  flagged_at
-- $25 text  deletion reason; null if it is not deleted, as for the two that follow
-- $26 uuid  deleted_by
-- $27 timestamp with time zone  deleted_at
-- $28 uuid  audit event
-- $29 text  action, such as session.end
-- $30 text  reason, or null
-- $31 text  request id
-- $32 uuid  the session that took over by a handover, or null
-- $33 bigint  its number, or null
-- $34 integer  corrections
-- $35 bigint  the first count, or null until it is corrected
-- $36 bigint  the cash that was expected at the first count, or null
-- $37 text  client's request id, or null
-- Returns one row: the session after the change.
with previous as (
    select s.*
    from cash_sessions as s
    where s.business_id = $2::uuid
        and s.id = $3::uuid
), saved as (
    update cash_sessions as s
    set cashier_id = $4::uuid,
        status = $5::text,
        initial_cash = $6::bigint,
        opened_at = $7::timestamptz,
        business_date = case
            when s.opened_at = $7::timestamptz then s.business_date
            else business_date($7::timestamptz, s.time_zone, s.business_day_cutoff)
        end,
        ended_at = $8::timestamptz,
        closed_at = $9::timestamptz,
        closed_by = $10::uuid,
        terminal_id = $11::text,
        registered_terminal_id = case
            when s.terminal_id is not distinct from $11::text then s.registered_terminal_id
        end,
        notes = $12::text,
        final_cash = $13::bigint,
        card_total = $14::bigint,
        bank_transfer_total = $15::bigint,
        envelope_amount = $16::bigint,
        expenses = $17::bigint,
        credit_sales_total = $18::bigint,
        credit_payments_collected = $19::bigint,
        declared_cash_sales = $20::bigint,
        closing_ticket = $21::text,
        flag_reason = $22::text,
        flagged_by = $23::uuid,
        flagged_at = $24::timestamptz,
        is_deleted = $25::text is not null,
        delete_reason = $25::text,
        deleted_by = $26::uuid,
        deleted_at = $27::timestamptz,
        previous_count = case
            when s.terminal_id is not distinct from $11::text and s.opened_at = $7::timestamptz then s.previous_count
            else
                -- include previous_count
        end,
        handed_over_to = $32::uuid,
        handed_over_to_number = $33::bigint,
        corrections = $34::integer,
        at_close_final_cash = $35::bigint,
        at_close_expected_cash = $36::bigint,
        version = s.version + 1
    from previous as p
    cross join lateral (
        select p.id, p.business_id, $11::text as terminal_id, p.currency, $7::timestamptz as opened_at
    ) as n
    where s.business_id = p.business_id
        and s.id = p.id
    returning s.*
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, request_id, client_request_id, terminal_id, reason,
        before, after
    )
    select
        n.business_id, $28::uuid, $29::text, $1::uuid, n.cashier_id, n.id, $31::text, $37::text, n.terminal_id,
        $30::text, session_facts(to_jsonb(p)), session_facts(to_jsonb(n))
    from saved as n
    cross join previous as p
)
select
    -- include session_columns
from saved as s
join businesses as b on b.id = s.business_id
join users as u on u.id = $1::uuid;
