-- Returns the businesses with unsealed audit events, with their counts among the checked events.
-- $1 integer  maximum number of events to check
-- Returns one row per business, none if no event is unsealed.
select
    w.business_id,
    count(*) as unsealed
from (
    select u.business_id
    from audit_unsealed as u
    limit $1::integer
) as w
group by w.business_id
order by w.business_id;
