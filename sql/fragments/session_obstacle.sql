-- Why the session cannot be handed over, if it is open, or reopened, if it is not: null if it can. Only administrators
-- reopen sessions, so it is also null for a cashier's session that is not open. A deleted session has none.
-- A statement that changes the session still sees the old version of its row, so the lookups exclude this row.
-- Each lookup is a scalar subquery with one index lookup. With `exists`, the planner would read whole tables.
-- Aliases: s, the session; b, its business; u, the caller.
case
    when s.is_deleted then null
    when s.status = 'OPEN' then
        case
            when not b.is_active then 'BUSINESS_INACTIVE'
            when (
                select true
                from business_cashiers as a
                join users as c on c.id = a.cashier_id and c.is_active
                where a.business_id = s.business_id
                    and a.cashier_id <> s.cashier_id
                    and (
                        select true
                        from cash_sessions as o
                        where o.business_id = a.business_id
                            and o.cashier_id = a.cashier_id
                            and o.status = 'OPEN'
                            and o.is_deleted = false
                            and o.id <> s.id
                        limit 1
                    ) is null
                limit 1
            ) is null
            -- policy: an administrator may take over a colleague's session in any business.
            and (
                u.role <> 'ADMIN'
                or u.id = s.cashier_id
                or (
                    select true
                    from cash_sessions as o
                    where o.business_id = s.business_id
                        and o.cashier_id = u.id
                        and o.status = 'OPEN'
                        and o.is_deleted = false
                        and o.id <> s.id
                    limit 1
                )
            ) then 'NO_RECIPIENT'
        end
    when u.role = 'ADMIN' then
        case
            when not b.is_active then 'BUSINESS_INACTIVE'
            when (
                select true
                from cash_sessions as o
                where o.business_id = s.business_id
                    and o.cashier_id = s.cashier_id
                    and o.status = 'OPEN'
                    and o.is_deleted = false
                    and o.id <> s.id
                limit 1
            ) then 'ALREADY_OPEN'
            when (
                select true
                from users as c
                where c.id = s.cashier_id
                    and c.is_active
                    and (
                        c.id = u.id
                        or (
                            select true
                            from business_cashiers as a
                            where a.business_id = s.business_id
                                and a.cashier_id = c.id
                        )
                    )
            ) is null then 'CASHIER_NOT_READY'
        end
end
