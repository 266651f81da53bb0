-- The condition of caller_sees_business for a batched read. As a scalar subquery it is one index lookup per position.
-- With `exists`, the planner would read all assignments of the caller into a hash table.
-- Aliases: u, the caller; b, the business.
and (
    u.role = 'ADMIN'
    or (
        select true
        from business_cashiers as a
        where a.business_id = b.id
            and a.cashier_id = u.id
            -- include assignment_at_terminal
    )
)
