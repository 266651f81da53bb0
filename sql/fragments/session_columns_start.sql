-- A session's columns before the facts that depend on the time and on other rows; see session_columns. A statement that
-- gets the six facts from elsewhere, such as a stored response, includes this, its own six, and session_columns_end.
-- Alias: s, the session.
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
