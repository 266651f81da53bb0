-- The count of the session before at the terminal of a session; null if there is none, if that session was not counted
-- when this one opened, or if it is in another currency. It is a scalar subquery.
-- Alias: n, the session, with id, business_id, terminal_id, currency and opened_at.
(
    select case when p.closed_at <= n.opened_at and p.currency = n.currency then p.final_cash end
    from cash_sessions as p
    where p.business_id = n.business_id
        and p.terminal_id = n.terminal_id
        and p.id <> n.id
        and p.is_deleted = false
        and p.opened_at <= n.opened_at
    order by p.opened_at desc
    limit 1
)
