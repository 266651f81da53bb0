-- Returns a session with what its movements add up to, from one snapshot.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  session
-- Returns no row if the bearer is not valid, else one row for each type and category that was recorded, or one without
-- them: the caller's role, whether they see the business, the session, whose columns are null if there is none, the
-- hash of its last movement, the database's clock, then the type, the category, the sum net of reversals, the number of
-- movements that stand (they neither were reversed nor reverse another), of reversals and of late ones, and the effect
-- of the late ones on the cash.
select
    u.role,
    b.id is not null as sees_business,
    -- include session_columns
    , s.recorded_hash,
    now()::timestamptz(3) as instant,
    k.type,
    k.category,
    k.amount,
    k.standing,
    k.reversals,
    k.late,
    k.late_effect
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
left join cash_sessions as s
    on s.business_id = b.id
    and s.id = $3::uuid
left join lateral (
    select
        m.type,
        m.category,
        sum(case when m.reverses_id is null then m.amount else -m.amount end)::bigint as amount,
        count(*) filter (where m.reverses_id is null and r.id is null) as standing,
        count(*) filter (where m.reverses_id is not null) as reversals,
        count(*) filter (where m.is_late) as late,
        coalesce(sum(m.effect) filter (where m.is_late), 0)::bigint as late_effect
    from movements as m
    left join movements as r on r.business_id = m.business_id and r.reverses_id = m.id
    where m.business_id = s.business_id
        and m.session_id = s.id
    group by m.type, m.category
) as k on true
order by k.type, k.category;
