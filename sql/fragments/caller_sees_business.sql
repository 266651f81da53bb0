-- policy: administrators see every business, and cashiers see the businesses that they are assigned to.
-- It is the last condition of a join of businesses.
-- Aliases: u, the caller; b, the business.
and (
    u.role = 'ADMIN'
    or exists (
        select
        from business_cashiers as a
        where a.business_id = b.id
            and a.cashier_id = u.id
            -- include assignment_at_terminal
    )
)
