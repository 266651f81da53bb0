-- A page of the feed, oldest first: to an administrator all of it, to a cashier what is about their own sessions in
-- businesses that are assigned to them.
-- $1 uuid  caller
-- $2 bigint  position that the page begins after, or null for the end of the feed
-- $3 integer  how many at the most
-- Answers nothing if the caller is no active user; else at least one row: the caller's role, the last position of the
-- feed, then an event, whose columns are null if the page is empty.
select
    u.role,
    h.head,
    f.position,
    f.business_id,
    f.event_id,
    e.occurred_at,
    e.action,
    e.session_id,
    e.cashier_id,
    e.actor_id,
    a.name as actor_name
from users as u
cross join lateral (
    select coalesce(max(l.position), 0) as head
    from event_feed as l
) as h
-- One of the two branches runs: everyone's, or one cashier's. Each reads its own index from the position on.
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
            -- Read once, and not joined: so events are read in their order, and no more of them than the page has.
            and l.business_id = any (array(select w.business_id from business_cashiers as w where w.cashier_id = u.id))
        order by l.position
        limit $3::integer
    )
) as f on true
-- The limit keeps this a look into an index for each event.
left join lateral (
    select l.*
    from audit_events as l
    where l.business_id = f.business_id
        and l.id = f.event_id
    limit 1
) as e on true
left join users as a on a.id = e.actor_id
where u.id = $1::uuid
    and u.is_active
order by f.position;
