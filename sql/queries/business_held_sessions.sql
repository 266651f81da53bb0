-- Returns the sessions that prevent a change of a business. If the currency changes, these are all that are open or
-- ended. If books are closed, these are the open or ended sessions of those days. business_lock.sql locked the business
-- before.
-- $1 uuid  business
-- $2 text  new currency, or null to keep it
-- $3 date  last day of the closed books after the change, or null for none
-- $4 text  new time zone, or null to keep it
-- $5 integer  new day_cutoff, in minutes after midnight, or null to keep it
-- $6 integer  maximum number of sessions
-- Returns at least one row if there is such a business: whether the last day of the closed books is not before the
-- current business date, the database's clock, then a session, newest first, whose columns are null if there is none.
select
    coalesce(
        $3::date >= business_date(
            now(), coalesce($4::text, b.time_zone),
            coalesce(time '00:00' + make_interval(mins => $5::integer), b.day_cutoff)
        ),
        false
    ) as is_too_late,
    now()::timestamptz(3) as instant,
    -- include existing_session_columns
from businesses as b
left join lateral (
    select o.*
    from cash_sessions as o
    where o.business_id = b.id
        and o.status <> 'CLOSED'
        and o.is_deleted = false
        and ($2::text <> b.currency or o.business_date <= $3::date)
    order by o.opened_at desc, o.id desc
    limit $6::integer
) as s on true
left join users as c on c.id = s.cashier_id
where b.id = $1::uuid
order by s.opened_at desc, s.id desc;
