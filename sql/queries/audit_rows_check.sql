-- Compares a stretch of audited rows with the states that their audit events imply.
-- sql/migrations/0021_verified_rows.sql defines the comparison.
-- $1 text  table: users, businesses, business_cashiers, credentials or cash_sessions
-- $2 uuid  business, or null for all
-- $3 uuid  business of the row before the stretch, or the zero UUID for the first
-- $4 uuid  id of the row before the stretch, or the zero UUID for the first
-- $5 integer  maximum number of rows
-- Returns at least one row: the number of checked rows, the number of their columns that no event names, the business
-- and id of the last one (null if there was none), then a difference: the row's business and id, the problem, and the
-- column with its expected and actual value as JSON (null for a problem of the whole row). The columns of the
-- difference are null if there is none.
with checked as materialized (
    select c.*
    from audited_differences($1::text, $2::uuid, $3::uuid, $4::uuid, $5::integer) as c
)
select
    t.checked_count,
    t.not_covered_count,
    l.scope as last_scope,
    l.id as last_id,
    d.scope,
    d.id,
    d.problem,
    x.column_name,
    x.expected,
    x.actual
from (
    select
        count(*) as checked_count,
        coalesce(sum((select count(*) from jsonb_object_keys(c.not_covered))), 0)::bigint as not_covered_count
    from checked as c
) as t
left join lateral (select c.scope, c.id from checked as c order by c.scope desc, c.id desc limit 1) as l on true
left join lateral (
    select c.scope, c.id, c.problem, c.differences from checked as c where c.problem is not null
) as d on true
left join lateral (
    select
        y.value ->> 'column' as column_name,
        (y.value -> 'expected')::text as expected,
        (y.value -> 'actual')::text as actual
    from jsonb_array_elements(d.differences) as y
) as x on true
order by d.scope, d.id, x.column_name;
