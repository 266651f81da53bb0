-- Returns the cashiers that new events in the event log concern.
-- $1 bigint  position to read after, or null for the end of the event log
-- $2 integer  maximum number of events to read
-- Returns at least one row: the last position read, whether events wait for their position, and a cashier; null if
-- there is none.
with new_events as (
    select l.position, l.cashier_id
    from event_feed as l
    where l.position > $1::bigint
    order by l.position
    limit $2::integer
)
select
    coalesce(
        (select max(n.position) from new_events as n), $1::bigint, (select max(l.position) from event_feed as l), 0
    ) as position,
    exists (select from audit_unsealed as u where not u.is_placed) as is_waiting,
    c.cashier_id
from (values (1)) as one (row)
left join (select distinct n.cashier_id from new_events as n where n.cashier_id is not null) as c on true;
