-- Returns one business.
-- $1 uuid  caller
-- $2 uuid  business
-- Answers one row if the caller is an active user, else none: the caller's role, whether they see the business, then
-- the business, whose columns are null if they do not.
select
    u.role,
    b.id is not null as sees_business,
    b.id,
    b.name,
    b.currency,
    b.time_zone,
    (extract(epoch from b.day_cutoff) / 60)::integer as day_cutoff_minutes,
    b.stale_after_hours,
    b.edit_window_hours,
    b.is_active,
    b.created_at
from users as u
left join businesses as b
    on b.id = $2::uuid
    and (
        u.role = 'ADMIN'
        or exists (select from business_cashiers as a where a.business_id = b.id and a.cashier_id = u.id)
    )
where u.id = $1::uuid
    and u.is_active;
