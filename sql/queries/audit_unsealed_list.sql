-- The businesses that have audit events without a seal, and how many of those that were looked at.
-- $1 integer  how many events to look at
-- Answers a row for each business, none if nothing waits.
select
    w.business_id,
    count(*) as waiting
from (
    select u.business_id
    from audit_unsealed as u
    limit $1::integer
) as w
group by w.business_id
order by w.business_id;
