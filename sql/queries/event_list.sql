-- Returns a page of the event log, oldest first. Administrators see all events. Cashiers see events about their own
-- sessions in businesses that they are assigned to.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 bigint  position that the page begins after, or null for the end of the event log
-- $3 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, the first and the last
-- position of the event log (0 if it is empty), then an event, whose columns are null if the page is empty.
select
    u.role,
    t.first_position,
    t.last_position,
    f.position,
    f.business_id,
    f.event_id,
    e.occurred_at,
    e.action,
    e.session_id,
    e.cashier_id,
    e.actor_id,
    a.name as actor_name
from (
    -- include caller
) as u
cross join lateral (
    select coalesce(min(l.position), 0) as first_position, coalesce(max(l.position), 0) as last_position
    from event_feed as l
) as t
-- Only one branch runs, for all events or for one cashier. Each reads its own index from the position on.
left join lateral (
    (
        select l.*
        from event_feed as l
        where u.role = 'ADMIN'
            and l.position > $2::bigint
        order by l.position
        limit $3::integer
    )
    union all
    (
        select l.*
        from event_feed as l
        where u.role <> 'ADMIN'
            and l.cashier_id = u.id
            and l.position > $2::bigint
            -- Read once and not joined, so events come in order. No more events are read than the page needs.
            and l.business_id = any (
                array(
                    select a.business_id
                    from business_cashiers as a
                    where a.cashier_id = u.id
                        -- include assignment_at_terminal
                )
            )
        order by l.position
        limit $3::integer
    )
) as f on true
-- The limit keeps this one index lookup per event.
left join lateral (
    select l.*
    from audit_events as l
    where l.business_id = f.business_id
        and l.id = f.event_id
    limit 1
) as e on true
left join users as a on a.id = e.actor_id
order by f.position;
