-- Lists cashiers with several open sessions in a business, and proposes which to keep. The proposal is the most
-- recently used session. It is the psql version of `cashpilot preflight`, and changes nothing.
--
--   psql "$DATABASE_URL" --no-psqlrc --file sql/operations/preflight_duplicates.sql
--
-- No row means that the one-open index can be built. Otherwise end the other sessions with `cashpilot preflight
-- --apply`. The list has at most 1000 pairs of cashier and business, with 20 sessions each. A last line reports further
-- pairs.
\set ON_ERROR_STOP on
\set QUIET on
set default_transaction_read_only = on;
set timezone = 'UTC';
\pset footer off

with counted as (
    select
        s.business_id,
        s.cashier_id,
        s.id,
        s.session_number,
        s.opened_at,
        greatest(s.opened_at, e.last_at) as last_activity_at,
        count(*) over (partition by s.business_id, s.cashier_id) as open_sessions
    from cash_sessions as s
    left join lateral (
        select max(a.occurred_at) as last_at
        from audit_events as a
        where a.business_id = s.business_id
            and a.session_id = s.id
            and a.action <> 'session.open_conflict'
    ) as e on true
    where s.status = 'OPEN'
        and s.is_deleted = false
), ranked as (
    select
        c.*,
        dense_rank() over (order by c.business_id, c.cashier_id) as pair,
        row_number() over (
            partition by c.business_id, c.cashier_id
            order by c.last_activity_at desc, c.opened_at desc, c.id desc
        ) as place
    from counted as c
    where c.open_sessions > 1
)
select
    case when r.place = 1 then 'keep' else 'end' end as proposal,
    b.name as business,
    u.name as cashier,
    r.session_number as number,
    r.opened_at,
    r.last_activity_at as last_activity,
    r.id as session
from ranked as r
join businesses as b on b.id = r.business_id
join users as u on u.id = r.cashier_id
where r.pair <= 1000
    and r.place <= 20
order by r.pair, r.place;

select count(*) > 1000 as has_more
from (
    select
    from cash_sessions as s
    where s.status = 'OPEN'
        and s.is_deleted = false
    group by s.business_id, s.cashier_id
    having count(*) > 1
    limit 1001
) as d \gset
\if :has_more
\echo and more cashiers: these are the first 1000
\endif
