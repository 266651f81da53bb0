-- Compares a stretch of sessions with their movements: the numbers, the chain of hashes, and the sums in the session's
-- row.
-- $1 uuid  business, or null for all
-- $2 uuid  business of the session before the stretch, or the zero UUID for the first
-- $3 uuid  id of the session before the stretch, or the zero UUID for the first
-- $4 integer  maximum number of sessions
-- Returns at least one row, as audit_rows_check.sql does: the number of checked movements, 0, the business and id of
-- the last session (null if there was none), then a difference: the session's business and id, DIFFERENT, and what
-- differs with its expected and actual value as JSON.
with stretch as materialized (
    select s.*
    from cash_sessions as s
    where (s.business_id, s.id) > ($2::uuid, $3::uuid)
        and s.business_id >= coalesce($1::uuid, $2::uuid)
        and s.business_id <= coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    order by s.business_id, s.id
    limit $4::integer
), entries as materialized (
    select
        m.business_id,
        m.session_id,
        m.number,
        m.type,
        m.category,
        case when m.reverses_id is null then m.amount else -m.amount end as amount,
        m.is_late,
        m.hash,
        row_number() over w as expected_number,
        movement_hash(lag(m.hash) over w, m) as expected_hash
    from stretch as s
    join movements as m on m.business_id = s.business_id and m.session_id = s.id
    window w as (partition by m.business_id, m.session_id order by m.number)
), sums as (
    select
        e.business_id,
        e.session_id,
        jsonb_build_object(
            'recorded_movements', count(*),
            'records_sales', bool_or(e.type in ('CASH_SALE', 'CASH_REFUND')),
            'recorded_cash_sales', coalesce(sum(e.amount) filter (where e.type = 'CASH_SALE'), 0),
            'recorded_cash_refunds', coalesce(sum(e.amount) filter (where e.type = 'CASH_REFUND'), 0),
            'recorded_paid_in', coalesce(sum(e.amount) filter (where e.type = 'PAID_IN'), 0),
            'recorded_paid_out', coalesce(sum(e.amount) filter (where e.type = 'PAID_OUT'), 0),
            'recorded_expenses', coalesce(sum(e.amount) filter (where e.category = 'EXPENSE'), 0),
            'recorded_drops', coalesce(sum(e.amount) filter (where e.type = 'DROP'), 0),
            'recorded_hash', (array_agg(e.hash order by e.number desc))[1],
            'late_movements', count(*) filter (where e.is_late)
        ) as expected
    from entries as e
    group by e.business_id, e.session_id
), differences as (
    select e.business_id, e.session_id, d.part, d.expected, d.actual
    from entries as e
    cross join lateral (
        values
            ('number of movement ' || e.number, to_jsonb(e.expected_number), to_jsonb(e.number)),
            ('hash of movement ' || e.number, to_jsonb(e.expected_hash), to_jsonb(e.hash))
    ) as d (part, expected, actual)
    where d.expected <> d.actual
    union all
    select s.business_id, s.id, c.name, d.expected, to_jsonb(s) -> c.name
    from stretch as s
    left join sums as t on t.business_id = s.business_id and t.session_id = s.id
    cross join unnest(session_sums()) as c (name)
    cross join lateral (
        select coalesce(
            t.expected -> c.name,
            -- A session without movements.
            case c.name when 'records_sales' then 'false' when 'recorded_hash' then 'null' else '0' end::jsonb
        ) as expected
    ) as d
    where d.expected <> to_jsonb(s) -> c.name
)
select
    (select count(*) from entries) as checked_count,
    0::bigint as not_covered_count,
    l.business_id as last_business_id,
    l.id as last_id,
    d.business_id,
    d.session_id,
    case when d.part is not null then 'DIFFERENT' end as problem,
    d.part,
    d.expected::text as expected,
    d.actual::text as actual
from (select) as one
left join lateral (
    select s.business_id, s.id from stretch as s order by s.business_id desc, s.id desc limit 1
) as l on true
left join differences as d on true
order by d.business_id, d.session_id, d.part;
