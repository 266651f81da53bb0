-- Returns why a session of a cashier cannot begin at a time: its day's books are closed, or the cashier has another
-- session at that time. It explains why session_open.sql opened nothing, and runs before session_save.sql as the check.
-- $1 uuid  business
-- $2 uuid  cashier
-- $3 timestamp with time zone  when the session begins
-- $4 timestamp with time zone  when it ended or was closed, or null if it is open
-- $5 uuid  the session itself, or null for a new one. Its own time zone and day cutoff give its business date.
-- Returns one row: whether the books are closed, the database's clock, then a session that overlaps, whose columns are
-- null if there is none.
select
    coalesce(
        business_date(
            $3::timestamptz, coalesce(i.time_zone, b.time_zone), coalesce(i.business_day_cutoff, b.day_cutoff)
        ) <= b.books_closed_until,
        false
    ) as is_in_closed_books,
    now()::timestamptz(3) as instant,
    -- include existing_session_columns
from businesses as b
left join cash_sessions as i on i.business_id = b.id and i.id = $5::uuid
left join lateral (
    select o.*
    from cash_sessions as o
    where o.business_id = b.id
        and o.cashier_id = $2::uuid
        and o.is_deleted = false
        and o.id is distinct from $5::uuid
        and o.opened_at < coalesce($4::timestamptz, 'infinity'::timestamptz)
        and coalesce(o.ended_at, o.closed_at, 'infinity'::timestamptz) > $3::timestamptz
    order by o.opened_at desc, o.id desc
    limit 1
) as s on true
left join users as c on c.id = s.cashier_id
where b.id = $1::uuid;
