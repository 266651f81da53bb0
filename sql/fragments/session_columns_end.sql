-- A session's columns after the facts that depend on the time and on other rows; see session_columns.
-- Alias: s, the session.
s.terminal_id,
s.registered_terminal_id,
s.external_id,
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
s.previous_count,
s.handed_over_from,
s.handed_over_from_number,
-- The user who handed over opened the next session.
s.opened_by as handed_over_from_by,
s.handed_over_to,
s.handed_over_to_number,
case
    when s.handed_over_to is not null then (
        select n.opened_by
        from cash_sessions as n
        where n.business_id = s.business_id
            and n.id = s.handed_over_to
    )
end as handed_over_to_by,
-- Responses that were stored before the column existed lack it.
coalesce(s.corrections, 0) as corrections,
s.at_close_final_cash,
s.at_close_expected_cash,
-- What movements have recorded, as `Recorded` reads it. Nobody sees it before the count.
case
    when s.final_cash is not null then array[
        coalesce(s.recorded_movements, 0), coalesce(s.records_sales, false)::integer,
        coalesce(s.recorded_cash_sales, 0), coalesce(s.recorded_cash_refunds, 0), coalesce(s.recorded_paid_in, 0),
        coalesce(s.recorded_paid_out, 0), coalesce(s.recorded_expenses, 0), coalesce(s.recorded_drops, 0),
        coalesce(s.late_movements, 0)
    ]::bigint[]
end as recorded,
s.version
