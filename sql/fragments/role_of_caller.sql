-- The role of a credential's caller. policy: a login by PIN has the rights of a cashier, also of an administrator's
-- account.
-- Aliases: k, the credential; u, its user.
case when k.terminal_id is null then u.role else 'CASHIER' end
