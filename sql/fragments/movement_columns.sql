-- A movement, in the order in which `Movement` reads it from a row.
-- Alias: m, the movement.
m.id,
m.business_id,
m.session_id,
m.number,
m.type,
m.category,
m.amount,
m.effect,
m.reverses_id,
(
    select r.id
    from movements as r
    where r.business_id = m.business_id
        and r.reverses_id = m.id
) as reversed_by_id,
m.counterpart_cashier_id,
m.reference,
m.reason,
m.recorded_by,
m.terminal_id,
m.is_late,
m.occurred_at,
m.recorded_at
