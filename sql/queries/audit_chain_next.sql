-- Returns the next business that has audit events, seals or a head. Events without a business have the zero UUID.
-- $1 uuid  business before it, or null for the first
-- Returns one row if there is a next business, else none.
with bound as (
    -- A bound after all rows of the previous business. Each branch below is one index lookup.
    select
        coalesce($1::uuid, '00000000-0000-0000-0000-000000000000'::uuid) as business_id,
        case
            when $1::uuid is null then '00000000-0000-0000-0000-000000000000'::uuid
            else 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid
        end as event_id,
        case when $1::uuid is null then 0 else 9223372036854775807 end as position
)
select n.business_id
from bound as b
cross join lateral (
    (
        select e.business_id
        from audit_events as e
        where (e.business_id, e.id) > (b.business_id, b.event_id)
        order by e.business_id, e.id
        limit 1
    )
    union all
    (
        select s.business_id
        from audit_seals as s
        where (s.business_id, s.position) > (b.business_id, b.position)
        order by s.business_id, s.position
        limit 1
    )
    union all
    (
        select h.business_id
        from audit_heads as h
        where h.business_id >= b.business_id
            and h.business_id is distinct from $1::uuid
        order by h.business_id
        limit 1
    )
) as n
order by n.business_id
limit 1;
