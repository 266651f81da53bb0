-- The current name of the registered terminal of a session; null if it has none. It is a scalar subquery, which runs
-- only for a session that has one.
-- Alias: s, the session.
case
    when s.registered_terminal_id is not null
        then (select t.name from credentials as t where t.id = s.registered_terminal_id)
end
