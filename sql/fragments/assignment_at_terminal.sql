-- policy: a login by PIN acts only in the business of its terminal. Other callers have no terminal.
-- Aliases: u, the caller; a, an assignment of the caller.
and (
    u.terminal_id is null
    or a.business_id = (select t.business_id from credentials as t where t.id = u.terminal_id)
)
